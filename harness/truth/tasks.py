"""The registry of tasks, read from ``tasks.toml``."""

from __future__ import annotations

import functools

from harness.core.errors import UsageError, unknown_name
from harness.truth.registry_file import checked, packaged
from harness.truth.task import Split, Task

__all__ = ["find", "task", "tasks"]

_FILE = "tasks.toml"


@functools.cache
def _registry() -> dict[str, Task]:
    from harness.truth.registry_models import TasksFile

    content = checked(TasksFile, packaged(_FILE), _FILE)
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


def find(
    *,
    space: str | None = None,
    dataset: str | None = None,
    split: str | None = None,
    metric: str | None = None,
) -> Task:
    """Return the one task that fits a description.

    Several tasks can share a space and a data set while their split, unit, training or number
    of architectures differ, and the wrong choice goes unnoticed; so none is chosen by default.

    Raises:
        UsageError: No task fits, or several do; the message lists them.
    """
    wanted = {"space": space, "dataset": dataset, "split": split, "metric": metric}
    asked = {key: value for key, value in wanted.items() if value is not None}
    fitting = [
        candidate
        for candidate in tasks()
        if all(getattr(candidate, key) == value for key, value in asked.items())
    ]
    described = ", ".join(f"{key} {value!r}" for key, value in asked.items()) or "no description"
    if len(fitting) == 1:
        return fitting[0]
    if not fitting:
        for key, value in asked.items():
            known = {str(getattr(candidate, key)) for candidate in tasks()}
            if value not in known:
                raise unknown_name(key, value, known)
        raise UsageError(f"no task has {described}; harness list tasks shows all tasks")
    choices = "; ".join(_summary(candidate) for candidate in fitting)
    raise UsageError(f"{len(fitting)} tasks have {described}; name one of them: {choices}")


def _summary(candidate: Task) -> str:
    split = "split not stated" if candidate.split is Split.UNSTATED else candidate.split
    return f"{candidate.name} ({split}, {candidate.metric}, {candidate.unit}, n={candidate.n})"
