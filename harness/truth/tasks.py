"""All tasks by name: those of the registry, and those of other packages.

A package offers a task as an entry point of the group ``harness.tasks`` that names one of its
folders, ``my-task = "my_package"``: there lies ``my-task.toml``, a description as of a user's own
ground truth.
"""

from __future__ import annotations

import functools
from importlib.util import find_spec
from pathlib import Path

from harness.core.errors import ContractError, HarnessError, unknown_name
from harness.own_code.offers import installed_offers
from harness.spaces.registry import require_space, space_names
from harness.truth.registry_file import registry
from harness.truth.task import Task

__all__ = [
    "installed_description",
    "installed_tasks",
    "names_task",
    "shorter_trainings",
    "task",
    "tasks",
]

_GROUP = "harness.tasks"


@functools.cache
def _registry() -> dict[str, Task]:
    spaces = space_names()
    rows = sorted(registry().task, key=lambda row: spaces.index(row.space))
    return {row.name: row.task() for row in rows}


def tasks(collection: str | None = None) -> tuple[Task, ...]:
    """Return every task, or those of a published collection, space by space.

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
    if name in known:
        return known[name]
    if (description := installed_description(name)) is not None:
        return _described(name, description)
    raise unknown_name("task", name, [*known, *installed_offers(_GROUP)])


def names_task(name: str) -> bool:
    """Tell whether there is a task of a name."""
    return name in _registry() or name in installed_offers(_GROUP)


def shorter_trainings(name: str) -> tuple[Task, ...]:
    """Return the tasks of the same space and data set whose networks were trained for less long.

    What they hold is known before a training of the full length has ended, and costs that part of
    it.

    Raises:
        UsageError: There is no such task.
    """
    full = task(name)
    return tuple(
        known
        for known in tasks()
        if (known.space, known.dataset) == (full.space, full.dataset)
        and known.epochs is not None
        and full.epochs is not None
        and known.epochs < full.epochs
    )


def installed_tasks() -> tuple[tuple[Task, ...], dict[str, str]]:
    """Return the tasks that other packages offer, and why some of them cannot be used."""
    usable, broken = [], {}
    for name in installed_offers(_GROUP):
        if name in _registry():
            broken[name] = "a task of the harness has its name"
            continue
        try:
            usable.append(task(name))
        except HarnessError as error:
            broken[name] = str(error)
    return tuple(usable), broken


def installed_description(name: str) -> Path | None:
    """Return the file that describes a task of another package; None where there is none.

    Raises:
        ContractError: The package offers the task and lacks the file.
    """
    point = installed_offers(_GROUP).get(name)
    if point is None or name in _registry():
        return None
    try:
        spec = find_spec(point.module)
    except ImportError:
        spec = None
    places = [*(spec.submodule_search_locations or [])] if spec is not None else []
    path = Path(places[0], f"{name}.toml") if places else None
    if path is None or not path.is_file():
        raise ContractError(
            f"the entry point {name!r} of {_GROUP} names {point.value}, which is no package with a "
            f"file {name}.toml"
        )
    return path


def _described(name: str, path: Path) -> Task:
    """Return what a description says of a task, without reading its values."""
    from harness.truth.own import read_description

    own = read_description(path)
    if own.name != name:
        raise ContractError(f"{path} describes {own.name!r}; name it {name!r} as its entry point")
    return Task(
        name=name,
        space=require_space(own.space, f"{path} [space]"),
        dataset=own.dataset,
        split=own.split,
        metric=own.metric,
        unit=own.unit,
        direction=own.direction,
        n=getattr(own, "n", None) or 0,
        source=str(path),
        reader=getattr(own, "reader", "table"),
        arguments={},
        epochs=own.epochs,
        collections=(),
        note="",
    )
