"""Proxy scores that publishers stored beside the ground truth of a task.

They reproduce published correlations without computing a proxy, and show whether a proxy's
scores here agree with the published ones. The registry says which files hold scores of a task.
"""

from __future__ import annotations

import functools
import importlib
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol, cast

from harness.core.errors import DataError, UsageError, unknown_name
from harness.core.outcome import Outcome
from harness.truth.locate import Content, content
from harness.truth.own_reading import READERS
from harness.truth.places import Places
from harness.truth.registry_file import registry
from harness.truth.scores import Scores, as_outcomes, without_failures
from harness.truth.source import source
from harness.truth.tasks import task, tasks

__all__ = ["score_sources", "stored_outcomes", "stored_scores", "tasks_with_scores"]

_Arguments = tuple[tuple[str, str], ...]


class _ScoreReader(Protocol):
    def __call__(self, content: Content, arguments: Mapping[str, str]) -> Scores: ...


@functools.cache
def _registry() -> dict[str, list[tuple[str, str, _Arguments]]]:
    rows: dict[str, list[tuple[str, str, _Arguments]]] = {}
    for row in registry().scores:
        place = (row.source, row.reader, tuple(row.arguments.items()))
        rows.setdefault(row.task, []).append(place)
    return rows


def tasks_with_scores() -> tuple[str, ...]:
    """Return the names of the tasks that have stored scores."""
    return tuple(known.name for known in tasks() if known.name in _registry())


def stored_scores(
    name: str,
    *,
    keep_failures: bool = False,
    data_dir: Path | None = None,
    places: Places | None = None,
) -> Scores:
    """Return the published scores of a task, proxy by proxy.

    A proxy can have scores of fewer, more or other architectures than the task has values. Where
    a proxy failed, NAS-Bench-Suite-Zero stores -1e8; these entries are left out.

    Args:
        name: Name of the task.
        keep_failures: Keep the entries of -1e8, as published correlations did.
        data_dir: Folder to look into first; ``HARNESS_DATA_DIR`` by default.
        places: All folders and settings, instead of those of the environment.

    Raises:
        UsageError: There is no such task, or it has no stored scores.
        DataError: A file is not the published one, or holds something unexpected.
        InfrastructureError: A file is absent and cannot be downloaded.
    """
    rows = _rows(name)
    places = places or Places.from_environment(data_dir)
    by_proxy: dict[str, Mapping[str, float]] = {}
    for file, reader, arguments in rows:
        scores = _read(content(source(file), places), reader, arguments)
        repeated = by_proxy.keys() & scores.keys()
        if repeated:
            raise DataError(
                f"the registry names two files with scores of {min(repeated)} for {name!r}"
            )
        by_proxy.update(scores)
    return by_proxy if keep_failures else without_failures(by_proxy)


def stored_outcomes(
    name: str, *, places: Places | None = None
) -> Mapping[str, Mapping[str, Outcome]]:
    """Return the published outcomes of a task by proxy and architecture, failures among them.

    Raises:
        HarnessError: As for `stored_scores`.
    """
    return as_outcomes(stored_scores(name, keep_failures=True, places=places))


def score_sources(name: str) -> tuple[str, ...]:
    """Return the names of the sources that hold the scores of a task.

    Raises:
        UsageError: There is no such task, or it has no stored scores.
    """
    return tuple(dict.fromkeys(file for file, _, _ in _rows(name)))


def _rows(name: str) -> list[tuple[str, str, _Arguments]]:
    task(name)
    if name not in _registry():
        known = ", ".join(tasks_with_scores())
        raise UsageError(f"task {name!r} has no stored scores; tasks with scores: {known}")
    return _registry()[name]


def _read(file: Content, reader: str, arguments: _Arguments) -> Scores:
    module = importlib.import_module(f"harness.truth.readers.{READERS.get(reader, reader)}")
    if not hasattr(module, "read_scores"):
        raise unknown_name("reader of scores", reader, READERS, "the registry")
    return cast(_ScoreReader, module.read_scores)(file, dict(arguments))
