"""Gathers what a site shows: registries, documentation of methods, and committed records."""

from __future__ import annotations

import importlib
import inspect
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from harness.catalog import (
    Catalog,
    FromModule,
    LoadedPlugin,
    LoadedPredictor,
    LoadedProxy,
    LoadedScorer,
    LoadedSearch,
)
from harness.metrics.values import Estimate
from harness.passes.observation import closure
from harness.passes.subject import INPUTS, LABELS
from harness.plugin import Reference
from harness.records.store import Store
from harness.reports.site.agreement import Agreement, agreements
from harness.reports.site.differences import Differences, read_differences
from harness.reports.site.records import (
    Overall,
    PredictorRow,
    TaskBoard,
    read_boards,
    read_overall,
    read_predictors,
)
from harness.spaces.knowledge import family_of
from harness.spaces.registry import LoadedSpace, known_spaces
from harness.truth import Task, Trap, tasks, traps

__all__ = [
    "Content",
    "DatasetEntry",
    "Method",
    "Needs",
    "PublishedValue",
    "SpaceEntry",
    "gather",
    "ranked_boards",
]

_VERSION = re.compile(r"^## ", re.MULTILINE)


class Needs(StrEnum):
    """What a proxy reads besides the untrained network."""

    NOTHING = "no data"
    INPUTS = "inputs"
    LABELS = "inputs and labels"


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedValue:
    """A published value of a proxy, and ours in the same protocol.

    Attributes:
        measured: Ours; absent where nobody has measured it.
        networks: Number of networks behind ours.
        verdict: What the comparison says, of `harness.fidelity.Verdict`.
    """

    reference: Reference
    measured: Estimate | None
    networks: int
    verdict: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Method:
    """A plugin of any kind, as its module describes it.

    Attributes:
        kind: What such plugins are called.
        use: Which command evaluates them.
        documentation: Docstring of its module in Markdown: formula, source, deviations.
        needs: What it reads of a batch; None of what is no proxy.
        stochastic: Whether it draws random numbers of its own.
        published: Its published values.
    """

    name: str
    kind: str
    use: str
    version: str
    summary: str
    better: str
    documentation: str
    module: str
    needs: Needs | None
    stochastic: bool
    published: tuple[PublishedValue, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SpaceEntry:
    """A search space with its ground truth and boards.

    Attributes:
        size: Number of architectures; None where they are not counted.
        family: What kind of networks it holds; empty where it does not say.
        boards: Those of its tasks, of the first tasks of suites first.
    """

    name: str
    summary: str
    size: int | None
    family: str
    tasks: tuple[Task, ...]
    traps: tuple[Trap, ...]
    boards: tuple[TaskBoard, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DatasetEntry:
    """A data set with all tasks on it."""

    name: str
    tasks: tuple[Task, ...]
    boards: tuple[TaskBoard, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """Everything that a site shows.

    Attributes:
        methods: Proxies, operation scorers and searched proxies by name.
        predictors: Predictors by name.
        agreement: By task of the overall ranking, how alike methods are.
        differences: Of any two proxies there, with paired intervals.
        processors: By environment of records, the processor that times were measured on.
        changes: The newest part of the change log in Markdown; empty where none is known.
    """

    methods: Mapping[str, Method]
    predictors: Mapping[str, Method]
    spaces: Mapping[str, SpaceEntry]
    datasets: Mapping[str, DatasetEntry]
    traps: tuple[Trap, ...]
    boards: tuple[TaskBoard, ...]
    overall: Overall | None
    judged: tuple[PredictorRow, ...]
    agreement: Mapping[str, Agreement]
    differences: Differences
    processors: Mapping[str, str]
    changes: str

    @property
    def families(self) -> tuple[str, ...]:
        """Kinds of networks of the spaces in the overall ranking, in its order."""
        known = [self.spaces[board.space].family for board in self.ranked_boards.values()]
        return tuple(dict.fromkeys(filter(None, known)))

    @property
    def ranked_boards(self) -> Mapping[str, TaskBoard]:
        """The board of each task of the overall ranking, in its order."""
        return ranked_boards(self.boards, self.overall)

    @property
    def matrix_boards(self) -> Mapping[str, TaskBoard]:
        """These boards; where no overall ranking is recorded the largest of each task."""
        if self.overall is not None:
            return self.ranked_boards
        return {board.task: board for board in sorted(self.boards, key=_weight)}

    @property
    def suites(self) -> tuple[str, ...]:
        """The suites of these boards."""
        return tuple(board.suite for board in self.ranked_boards.values())

    @property
    def combine_command(self) -> str:
        """The command that prints the overall ranking."""
        return f"harness combine {' '.join(self.suites)}"


def gather(
    results: Path,
    catalog: Catalog,
    published: Mapping[str, tuple[PublishedValue, ...]],
    changes: Path,
) -> Content:
    """Read everything.

    Args:
        results: Folder of the committed records.
        catalog: The plugins.
        published: By plugin, its published values.
        changes: The change log; it may be absent.

    Raises:
        DataError: There is no board, or a record is damaged.
    """
    boards, overall = read_boards(results), read_overall(results)
    kinds = (LoadedProxy, LoadedSearch, LoadedScorer)
    proxies = catalog.of_kind(LoadedProxy).values()
    every = [plugin for kind in kinds for plugin in catalog.of_kind(kind).values()]
    environments = Store(results / "archive").environments()
    return Content(
        methods=_methods(every, published),
        predictors=_methods(catalog.of_kind(LoadedPredictor).values(), published),
        spaces=_spaces(boards),
        datasets=_datasets(boards),
        traps=traps(),
        boards=boards,
        overall=overall,
        judged=read_predictors(results),
        agreement=agreements(results, ranked_boards(boards, overall).values(), proxies),
        differences=read_differences(results, overall),
        processors={key: environment.processor for key, environment in environments.items()},
        changes=_newest(changes),
    )


def ranked_boards(boards: Iterable[TaskBoard], overall: Overall | None) -> dict[str, TaskBoard]:
    """Return the board of each task of an overall ranking.

    Of several it is that of a suite which the task leads, since the ranking reads a suite's first
    task; of those that of most networks.
    """
    known = sorted(boards, key=_weight)
    last = {board.task: board for board in known}
    return {name: last[name] for name in (overall.tasks if overall else ()) if name in last}


def _weight(board: TaskBoard) -> tuple[bool, int, str]:
    """Return by what one board of a task comes before another."""
    return board.headline, board.networks, board.suite


def _methods(
    plugins: Iterable[LoadedPlugin[Any]], published: Mapping[str, tuple[PublishedValue, ...]]
) -> dict[str, Method]:
    methods = {}
    for loaded in plugins:
        module = loaded.origin.module if isinstance(loaded.origin, FromModule) else ""
        document = importlib.import_module(module).__doc__ if module else ""
        methods[loaded.name] = Method(
            name=loaded.name,
            kind=loaded.kind,
            use=loaded.use,
            version=loaded.plugin.version,
            summary=loaded.summary,
            better=loaded.better,
            documentation=inspect.cleandoc(document or ""),
            module=module,
            needs=_needs(loaded) if isinstance(loaded, LoadedProxy) else None,
            stochastic=getattr(loaded.plugin, "stochastic", False),
            published=published.get(loaded.name, ()),
        )
    return methods


def _needs(proxy: LoadedProxy) -> Needs:
    read = closure(proxy.plugin.passes)
    if LABELS in read:
        return Needs.LABELS
    return Needs.INPUTS if INPUTS in read else Needs.NOTHING


def _spaces(boards: Iterable[TaskBoard]) -> dict[str, SpaceEntry]:
    """Return the spaces of this machine, and what suites of own networks stand for."""
    by_space: dict[str, list[TaskBoard]] = {}
    for board in sorted(boards, key=lambda board: (not board.headline, board.suite)):
        by_space.setdefault(board.space, []).append(board)
    entries = {}
    for known in known_spaces():
        if isinstance(known, LoadedSpace):
            own = tuple(task for task in tasks() if task.space == known.space.name)
            names = {task.name for task in own}
            entries[known.space.name] = SpaceEntry(
                name=known.space.name,
                summary=known.space.summary,
                size=known.space.size,
                family=family_of(known.space),
                tasks=own,
                traps=tuple(trap for trap in traps() if names & set(trap.tasks)),
                boards=tuple(by_space.pop(known.space.name, ())),
            )
    for name, own_boards in by_space.items():
        entries[name] = SpaceEntry(
            name=name,
            summary="Networks of a table of its own, of no built-in space",
            size=max(board.networks for board in own_boards),
            family="",
            tasks=(),
            traps=(),
            boards=tuple(own_boards),
        )
    return entries


def _datasets(boards: Iterable[TaskBoard]) -> dict[str, DatasetEntry]:
    by_dataset: dict[str, list[Task]] = {}
    for task in tasks():
        by_dataset.setdefault(task.dataset, []).append(task)
    known = list(boards)
    entries = {}
    for name, own in sorted(by_dataset.items()):
        names = {task.name for task in own}
        entries[name] = DatasetEntry(
            name=name,
            tasks=tuple(own),
            boards=tuple(board for board in known if board.task in names),
        )
    return entries


def _newest(path: Path) -> str:
    """Return the newest part of a change log, released or not, with its heading."""
    if not path.is_file():
        return ""
    text = path.read_text(encoding="utf-8")
    headings = [heading.start() for heading in _VERSION.finditer(text)]
    if not headings:
        return ""
    return text[headings[0] : headings[1] if len(headings) > 1 else None].strip()
