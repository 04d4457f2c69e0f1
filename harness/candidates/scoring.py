"""Figures and scores of candidates, from what a run has stored of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

import numpy as np

from harness.candidates.ranking import MEAN_RANK, RESERVED, mean_ranks
from harness.catalog import LoadedProxy, installed
from harness.core.architecture import Architecture, Space
from harness.core.errors import ContractError, UsageError, unknown_name
from harness.evaluation import MethodScores, count_failures, failures_text, stored_methods
from harness.execution.run import Run
from harness.metrics.values import FloatArray
from harness.passes.structure import STRUCTURE
from harness.records.columns import FAILED, SKIPPED
from harness.spaces.knowledge import columns_of
from harness.truth import load, tasks
from harness.truth.columns import OwnColumns, heading, read_columns

__all__ = [
    "Counts",
    "Figures",
    "Scored",
    "counted_figures",
    "counts_of",
    "scored_proxies",
]

_MOST_SKIPPED = 0.1
"""Share of the candidates that a proxy which nobody named may skip."""

Counts: TypeAlias = dict[str, FloatArray]
"""Figures by name, each of shape ``(n,)``."""


def counted_figures() -> dict[str, LoadedProxy]:
    """Return the proxies that only count what a network is made of, e.g. ``params``, by name."""
    return {
        name: loaded
        for name, loaded in installed().of_kind(LoadedProxy).items()
        if loaded.plugin.passes == (STRUCTURE,) and loaded.plugin.aggregate is None
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Where figures of architectures come from.

    They are counted on the network, or come from the space, from a task of it such as a latency,
    or from a table of one's own.

    Attributes:
        space: The space, whose author may have some.
        counted: Names of those wanted that are counted on the network.
        table: Those of the table, where there is one.
        tasks: Values by name of a task and text of an architecture.
    """

    space: Space
    counted: tuple[str, ...]
    table: OwnColumns | None = None
    tasks: Mapping[str, Mapping[str, float]] = field(default_factory=dict)

    @classmethod
    def of(cls, space: Space, names: Sequence[str], table: Path | None) -> Figures:
        """Find out who has the figures of these names.

        Raises:
            UsageError: Nobody has one of them, or two have.
            DataError: The table holds something else than figures of the space's architectures.
            InfrastructureError: The table cannot be read.
        """
        counted, columns = counted_figures(), columns_of(space)
        heads = () if table is None else heading(table)
        measured = [task.name for task in tasks() if task.space == space.name]
        known = [*counted, *columns, *heads, *measured]
        for name in names:
            if name in RESERVED:
                raise UsageError(
                    f"a ranking has a column {name} of its own; rename that of your figures"
                )
            if name not in known:
                raise unknown_name("figure", name, known, "--max or --min")
            if known.count(name) > 1:
                raise UsageError(
                    f"a limit on {name} may mean two figures, of which one is a column of one's "
                    "own; rename the column"
                )
        wanted = [name for name in heads if name in names]
        return cls(
            space=space,
            counted=tuple(name for name in counted if name in names),
            table=None if table is None else read_columns(table, space.name, wanted),
            tasks={name: load(name).values for name in names if name in measured},
        )

    def own(self, names: Sequence[str], architectures: Sequence[Architecture]) -> Counts:
        """Return those that are not counted, each of shape ``(n,)``; NaN where a task has none.

        Raises:
            UsageError: An architecture has none in the table of one's own.
        """
        columns = columns_of(self.space)
        figures = {}
        for name in names:
            if name in columns:
                values = [columns[name](architecture) for architecture in architectures]
                figures[name] = np.array(values, dtype=np.float64)
            elif self.table is not None and name in self.table.values:
                figures[name] = self._of_table(self.table, name, architectures)
            elif name in self.tasks:
                values = [self.tasks[name].get(each.text, np.nan) for each in architectures]
                figures[name] = np.array(values, dtype=np.float64)
        return figures

    def _of_table(
        self, table: OwnColumns, name: str, architectures: Sequence[Architecture]
    ) -> FloatArray:
        values = [table.values[name].get(architecture.text) for architecture in architectures]
        known = [value for value in values if value is not None]
        if len(known) < len(values):
            first = architectures[values.index(None)].text
            raise UsageError(
                f"column {name} of {table.where} has no value of {len(values) - len(known)} of the "
                f"{len(values)} candidates, e.g. {first}; fill it in, or leave the limit out"
            )
        return np.array(known, dtype=np.float64)


def counts_of(run: Run) -> Counts:
    """Return what a run has stored of its plugins, which count; NaN where there is nothing."""
    return {method.name: method.values for method in stored_methods(run)}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Scored:
    """What proxies say of some architectures, together and each.

    Attributes:
        methods: The proxies that are taken together.
        left_out: Sentences about the others: those that scored none of them, or skipped many.
        beside: Further proxies, which have no part in what these say together.
    """

    methods: tuple[MethodScores, ...]
    left_out: tuple[str, ...] = ()
    beside: tuple[MethodScores, ...] = ()

    @property
    def name(self) -> str:
        """What the proxies are called together."""
        return self.methods[0].name if len(self.methods) == 1 else MEAN_RANK

    @property
    def values(self) -> FloatArray:
        """Score or combination, shape ``(n,)``, higher is better; NaN where there is none."""
        columns = [method.values for method in self.methods]
        return columns[0] if len(columns) == 1 else mean_ranks(columns)

    @property
    def facts(self) -> tuple[str, ...]:
        """How proxies are combined, what each did not score, and why, a sentence each."""
        names = ", ".join(method.name for method in self.methods)
        combined = (f"{MEAN_RANK} is the mean of the ranks by {names}, 1 the best",)
        return (
            (combined if len(self.methods) > 1 else ())
            + self.left_out
            + tuple(
                f"without a score by {method.name}: {failures_text(failures)}"
                for method in self.each
                if (failures := count_failures(method.column))
            )
        )

    @property
    def each(self) -> tuple[MethodScores, ...]:
        """All proxies."""
        return (*self.methods, *self.beside)

    @property
    def reasons(self) -> dict[int, str]:
        """Row to why there is no score, by the first proxy that has none."""
        reasons: dict[int, str] = {}
        for method in self.methods:
            for row, outcome in method.column.failures.items():
                reasons.setdefault(row, f"{method.name}: {outcome.reason}")
        return reasons


def scored_proxies(
    run: Run,
    proxies: Sequence[LoadedProxy],
    beside: Sequence[LoadedProxy] = (),
    *,
    required: bool,
) -> Scored:
    """Take the scores of proxies.

    Args:
        run: What is stored of the candidates.
        proxies: Those to take together.
        beside: Those to take beside them, as far as they score something.
        required: Whether all of `proxies` are taken, and one without any score is an error.
            Otherwise one is left out that has no score, or whose definition does not apply to more
            than a tenth of the candidates, while another's does: all of these would come last.

    Raises:
        UsageError: A required proxy does not support any of the networks, or none is left.
        ContractError: A required proxy failed on all of them.
    """
    known = {method.name: method for method in stored_methods(run)}
    named = [known[proxy.name] for proxy in proxies]
    methods = [method for method in named if method.scored.any()]
    empty = [method for method in named if not method.scored.any()]
    if required and empty:
        failed = (empty[0].column.status == FAILED).any()
        error = ContractError if failed else UsageError
        raise error(f"{_nothing_texts(empty[:1])[0]}; rank by another proxy")
    left_out = _nothing_texts(empty)
    if not methods:
        raise UsageError(f"{'; '.join(left_out)}; name a proxy that supports the space")
    if not required and (applying := [each for each in methods if not _skips_many(each)]):
        left_out += [_skipped_text(each) for each in methods if each not in applying]
        methods = applying
    others = [known[proxy.name] for proxy in beside]
    left_out += _nothing_texts([method for method in others if not method.scored.any()])
    return Scored(
        methods=tuple(methods),
        left_out=tuple(left_out),
        beside=tuple(method for method in others if method.scored.any()),
    )


def _nothing_texts(methods: Sequence[MethodScores]) -> list[str]:
    """Say which methods have no score, one sentence a reason."""
    of_reason: dict[str, list[str]] = {}
    for method in methods:
        failures = count_failures(method.column)
        reason = next(iter(failures.values())).reason if failures else "nothing was scored"
        of_reason.setdefault(reason, []).append(method.name)
    return [
        f"{', '.join(names)} {'has' if len(names) == 1 else 'have'} no score of any of "
        f"{methods[0].scored.size} candidates: {reason}"
        for reason, names in of_reason.items()
    ]


def _skips_many(method: MethodScores) -> bool:
    return float((method.column.status == SKIPPED).mean()) > _MOST_SKIPPED


def _skipped_text(method: MethodScores) -> str:
    skipped = np.flatnonzero(method.column.status == SKIPPED)
    reason = method.column.failures[int(skipped[0])].reason
    count = f"{len(skipped)} of {method.scored.size} candidates"
    return f"{method.name} does not apply to {count}: {reason}"
