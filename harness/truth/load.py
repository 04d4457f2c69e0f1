"""From the name of a task to its truth table."""

from __future__ import annotations

from pathlib import Path

from harness.core.errors import DataError, UsageError
from harness.core.names import is_path
from harness.truth.column_guard import warn_of_columns
from harness.truth.imported_scores import ImportedScores
from harness.truth.locate import Content
from harness.truth.own import load_own
from harness.truth.parsed_cache import read_task
from harness.truth.places import Places
from harness.truth.reading import Reading
from harness.truth.table import TruthTable, content_digest, noise_ceiling
from harness.truth.task import Task
from harness.truth.tasks import installed_description, task

__all__ = ["load", "task_as_scores"]


def load(
    name: str,
    data_dir: Path | None = None,
    places: Places | None = None,
    space: str | None = None,
) -> TruthTable:
    """Load a task; its file is found or downloaded, and verified before it is parsed.

    Args:
        name: Name of the task, or path of a table of one's own or of its description (see `own`).
        data_dir: Folder to look into first; ``HARNESS_DATA_DIR`` by default.
        places: All folders and settings, instead of those of the environment.
        space: Space of the architectures of a table of one's own that has no description; absent
            for names that nothing else is known of.

    Raises:
        UsageError: There is no such task.
        DataError: The file is not the published one, or holds something unexpected.
        InfrastructureError: The file is absent and cannot be downloaded.
    """
    if is_path(name):
        places = places or Places.from_environment(data_dir)
        own = load_own(Path(name), space, places)
        warn_of_columns(own, places)
        return own
    if (installed := installed_description(name)) is not None:
        return load_own(installed, None, places or Places.from_environment(data_dir))
    wanted = task(name)
    places = places or Places.from_environment(data_dir)
    reading, file = read_task(wanted, places)
    if len(reading.values) != wanted.n:
        raise DataError(
            f"{file.path} has {len(reading.values)} architectures for task {name!r}, "
            f"expected {wanted.n}"
        )
    if reading.without_value != wanted.without_value:
        raise DataError(
            f"{file.path} names {reading.without_value} architectures without a value for task "
            f"{name!r}, expected {wanted.without_value}"
        )
    return _table(wanted, reading, file)


def task_as_scores(name: str, space: str, places: Places | None = None) -> ImportedScores:
    """Return what a task holds as scores of its architectures, to predict another task.

    Args:
        name: Name of the task.
        space: Name of the space that its architectures must be of.
        places: All folders and settings; those of the environment by default.

    Raises:
        UsageError: There is no such task, or it is of another space.
        HarnessError: As for `load`.
    """
    if task(name).space != space:
        raise UsageError(
            f"{name} is a task of {task(name).space}, not of {space}, whose architectures are "
            f"scored; name one of {space}"
        )
    table = load(name, places=places)
    return ImportedScores(
        name=name,
        direction=table.direction,
        where=", ".join(table.sources),
        scores=table.values,
        seconds={},
    )


def _table(wanted: Task, reading: Reading, file: Content) -> TruthTable:
    architectures = () if file.architectures is None else (file.architectures.source.name,)
    return TruthTable(
        task=wanted.name,
        space=wanted.space,
        dataset=wanted.dataset,
        split=wanted.split,
        metric=wanted.metric,
        unit=wanted.unit,
        direction=wanted.direction,
        epochs=wanted.epochs,
        sources=(wanted.source, *architectures),
        values=reading.values,
        runs=reading.runs,
        noise_ceiling=noise_ceiling(reading.runs),
        digest=content_digest(reading.values),
        without_value=reading.without_value,
    )
