"""Stored seeds against the truth: correlations with intervals, and the cells that were derived."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median

from harness.metrics import Estimate, estimate_mean
from harness.metrics.correlation import SPEARMAN
from harness.metrics.metric import Range
from harness.metrics.values import Defined, Undefined, Value
from harness.operation_scoring.discretise import Step, orient_scores
from harness.operation_scoring.quality import Against, agreement
from harness.operation_scoring.record import load_step
from harness.operation_scoring.running import Scored
from harness.operation_scoring.truth import OperationTruth, TableRank
from harness.records.operation_seed import Decided, FailedSeed, OperationSeed
from harness.spaces.supernets import Selection
from harness.truth.unit import bounds

__all__ = ["Cells", "Decision", "ScorerSummary", "summarise"]

_UNKNOWN = "the seed made no such decision"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cells:
    """The architectures that seeds ended in.

    Attributes:
        table_ranks: One a seed.
        value: Mean of their values, over seeds.
        rank: Median of their ranks; none where a seed has no table_rank.
    """

    table_ranks: tuple[TableRank | Undefined, ...]
    value: Estimate
    rank: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """Correlations at one decision, over the choices that were scored at it.

    Attributes:
        best: Against the best of the cells that hold an operation and what was fixed before.
        mean: Against their mean.
        best_run: Against the best single run of all cells that hold the operation, as published.
        best_of_all: Against the best of all cells that hold the operation, whatever was fixed.
    """

    best: Estimate
    mean: Estimate
    best_run: Estimate
    best_of_all: Estimate


@dataclass(frozen=True, slots=True, kw_only=True)
class ScorerSummary:
    """One scorer with its proxy under one setup.

    Attributes:
        scorer: Name of the scorer.
        measure: Name of the proxy; empty for a scorer that measures nothing.
        conditions: The setup, in words.
        decisions: Correlations at every decision that scored several choices.
        at_once: Cells of the best operations of the first decision; none where it did not score
            all choices.
        derived: Cells after the last decision; none where the first was the only one.
        passes: Median number of measured networks a seed.
        seconds: Median seconds a seed.
        seeds: Number of seeds.
    """

    scorer: str
    measure: str
    conditions: str
    decisions: tuple[Decision, ...]
    at_once: Cells | None
    derived: Cells | None
    passes: float
    seconds: float
    seeds: int

    def measured(self, metric: str) -> Estimate | None:
        """Return what an `OperationReference` speaks of; none where it was not decided.

        Args:
            metric: ``spearman_best``, ``spearman_mean`` or ``at_once``.
        """
        match metric:
            case "spearman_best":
                return self.decisions[0].best_run
            case "spearman_mean":
                return self.decisions[0].mean
            case _:
                return None if self.at_once is None else self.at_once.value


def summarise(scored: Scored, truth: OperationTruth) -> ScorerSummary:
    """Hold all seeds of an experiment against a table."""
    experiment, records = scored.experiment, scored.records
    steps = [len(record.result.steps) for record in records if isinstance(record.result, Decided)]
    return ScorerSummary(
        scorer=experiment.scorer.name,
        measure=experiment.measure.name if experiment.scorer.plugin.measures else "",
        conditions=experiment.setup.words,
        decisions=tuple(
            _decision(scored, truth, number) for number in range(max(steps, default=1))
        ),
        at_once=_cells(records, truth, lambda decided: decided.at_once),
        derived=_cells(records, truth, lambda decided: decided.derived),
        passes=median(record.passes for record in records),
        seconds=median(record.wall_s for record in records),
        seeds=len(records),
    )


def _decision(scored: Scored, truth: OperationTruth, number: int) -> Decision:
    steps = [_step(record, number) for record in scored.records]
    scorer = scored.experiment.scorer.plugin

    def mean(against: Against, *, conditioned: bool) -> Estimate:
        values: list[Value] = []
        for step in steps:
            if isinstance(step, Undefined):
                values.append(step)
                continue
            fixed = step.fixed if conditioned else {}
            values.append(agreement(truth, orient_scores(scorer, step.scores), fixed, against))
        return estimate_mean(values, SPEARMAN.range)

    return Decision(
        best=mean(Against.BEST, conditioned=True),
        mean=mean(Against.MEAN, conditioned=True),
        best_run=mean(Against.BEST_RUN, conditioned=False),
        best_of_all=mean(Against.BEST, conditioned=False),
    )


def _step(record: OperationSeed, number: int) -> Step | Undefined:
    if isinstance(record.result, FailedSeed):
        return Undefined(reason=record.result.reason)
    steps = record.result.steps
    return load_step(steps[number]) if number < len(steps) else Undefined(reason=_UNKNOWN)


def _cells(
    records: Sequence[OperationSeed],
    truth: OperationTruth,
    of: Callable[[Decided], Selection | None],
) -> Cells | None:
    if all(isinstance(record.result, Decided) and of(record.result) is None for record in records):
        return None
    table_ranks = tuple(_table_rank(record, truth, of) for record in records)
    values: list[Value] = [
        Defined(value=table_rank.value) if isinstance(table_rank, TableRank) else table_rank
        for table_rank in table_ranks
    ]
    ranks = [table_rank.rank for table_rank in table_ranks if isinstance(table_rank, TableRank)]
    low, high = bounds(truth.table.unit)
    return Cells(
        table_ranks=table_ranks,
        value=estimate_mean(values, Range(low=low, high=high)),
        rank=median(ranks) if len(ranks) == len(table_ranks) else None,
    )


def _table_rank(
    record: OperationSeed, truth: OperationTruth, of: Callable[[Decided], Selection | None]
) -> TableRank | Undefined:
    if isinstance(record.result, FailedSeed):
        return Undefined(reason=record.result.reason)
    selection = of(record.result)
    return Undefined(reason=_UNKNOWN) if selection is None else truth.rank(selection)
