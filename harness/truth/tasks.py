"""The registry of tasks, read from ``tasks.toml``."""

from __future__ import annotations

import functools

from harness.core.errors import unknown_name
from harness.truth.registry_file import read_packaged, validate_file
from harness.truth.task import Task

__all__ = ["task", "tasks"]

_FILE = "tasks.toml"


@functools.cache
def _registry() -> dict[str, Task]:
    from harness.truth.registry_models import TasksFile

    content = validate_file(TasksFile, read_packaged(_FILE), _FILE)
    return {row.name: row.task() for row in content.task}


def tasks(collection: str | None = None) -> tuple[Task, ...]:
    """Return every task, or those of a published collection, in the order of the registry.

    Args:
        collection: E.g. ``"nas-bench-suite-zero"``.

    Raises:
        UsageError: There is no such collection.
    """
    every = tuple(_registry().values())
    if collection is None:
        return every
    chosen = tuple(candidate for candidate in every if collection in candidate.collections)
    if not chosen:
        known = {name for candidate in every for name in candidate.collections}
        raise unknown_name("collection", collection, known)
    return chosen


def task(name: str) -> Task:
    """Return a task by name.

    Raises:
        UsageError: There is no such task.
    """
    known = _registry()
    if name not in known:
        raise unknown_name("task", name, known)
    return known[name]
