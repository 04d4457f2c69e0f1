"""Where a submission's scores stand on the board of one suite, among all archived proxies."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from harness.catalog import LoadedProxy
from harness.core.errors import DataError, UsageError
from harness.core.outcome import SCORE
from harness.evaluation import (
    Board,
    Entry,
    MethodScores,
    Procedure,
    Side,
    TaskScores,
    compare_sides,
    failures_text,
    join_stored,
    rank_task,
    stored_methods,
)
from harness.execution.given_scores import scores_of_columns
from harness.execution.run import Options, Run, open_run_on
from harness.execution.task_truth import load_truth
from harness.metrics.correlation import SPEARMAN
from harness.metrics.intervals import Difference
from harness.metrics.metric import measure
from harness.metrics.sample import Sample
from harness.metrics.values import Defined, Estimate, FloatArray, Interval, Undefined, Value
from harness.records.columns import ABSENT, CostColumns
from harness.spaces.registry import space
from harness.submissions.populations import FixedPopulation
from harness.submissions.scored import ScoredSubmission

__all__ = ["LEFT", "SIZES", "Move", "Placement", "Rival", "place"]

SIZES = ("params", "flops", "depth")
"""What a score may be in disguise."""

LEFT = "partial-spearman-depth"
"""The metric of what is left of a ranking with all of `SIZES` held fixed."""

_SAME, _ALIKE = 0.95, 0.9
"""Spearman correlations with a size from which on a ranking is that size's: whatever else is left
of it, and where nothing is."""

_KNOWN = 0.99
"""Spearman correlation from which on two proxies give the same ranking."""

_BESIDE = 2
"""Neighbours on either side that are shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rival:
    """A known proxy beside the submission.

    Attributes:
        spearman: Its correlation with the truth.
        agreement: Spearman's correlation of the submission's scores with its own.
        lead: Submission less rival in Spearman's correlation with the truth, paired.
    """

    name: str
    spearman: Estimate
    agreement: Value
    lead: Difference | Undefined


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """A complete entry of the board near the submission.

    Attributes:
        before: Its rank without the submission; None for the submission itself.
        after: Its rank with it.
    """

    name: str
    before: float | None
    after: float
    spearman: Estimate


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Placement:
    """A submission on one board.

    Attributes:
        task: The task of the board.
        drawn: Different networks of the population.
        entry: The submission as the board has it.
        known: Complete entries of known proxies.
        best: The best of these.
        nearest: The known proxy whose scores agree most with the submission's.
        alike: Known proxies that give the same ranking, or the same turned round, with 1 or -1.
        sizes: Spearman's correlation of the scores with each of `SIZES`.
        moves: The submission and its neighbours on the board, best first; empty where it has no
            rank.
        down: Number of known proxies that it moves down.
        costs: What each network took.
    """

    suite: str
    task: str
    drawn: int
    entry: Entry
    known: int
    best: Rival
    nearest: Rival
    alike: dict[str, int]
    sizes: dict[str, Value]
    moves: tuple[Move, ...]
    down: int
    costs: CostColumns

    @property
    def processor_s(self) -> float:
        """Processor seconds for the whole population."""
        return float(np.nansum(self.costs.cpu_s))

    @property
    def why_unranked(self) -> str:
        """Why it has no rank, where it has none."""
        return failures_text(self.entry.failures) or "all scores tie"

    @property
    def is_size(self) -> bool:
        """Whether it ranks like one of `SIZES`, or nearly so and nothing is left with all fixed."""
        left = self.entry.measured[LEFT].interval
        more = isinstance(left, Interval) and left.low > 0
        return self.likeness >= (_ALIKE if not more else _SAME)

    @property
    def likeness(self) -> float:
        """Its largest correlation with one of `SIZES`, 0 to 1."""
        known = [abs(value.value) for value in self.sizes.values() if isinstance(value, Defined)]
        return max(known, default=0.0)


def place(
    fixed: FixedPopulation,
    scored: ScoredSubmission,
    proxies: Sequence[LoadedProxy],
    records: Path,
    archive: Path,
) -> Placement:
    """Join a submission's scores with the truth, and rank them among archived scores.

    Args:
        fixed: The suite and its networks.
        scored: The submission; it has scores of this suite.
        proxies: The known proxies.
        records: The folder that the submission was scored in.
        archive: The archive.

    Raises:
        HarnessError: Ground truth, records or archive cannot be read, or do not fit.
    """
    suite = fixed.suite
    truths = {name: load_truth(name, suite.space, f"suite {suite.name}") for name in suite.tasks}
    options = Options(results=records, archive=archive)
    run = open_run_on(fixed.population, truths, suite, proxies, options)
    run = dataclasses.replace(run, imported=scores_of_columns(space(suite.space), run.population))
    submitted = _submitted(run, scored)
    known = [method for method in stored_methods(run) if (method.column.status != ABSENT).any()]
    (task,) = join_stored(run, [*known, submitted])
    (alone,) = join_stored(run, known)
    return _Ranked(
        task=task,
        board=rank_task(task, _procedure(fixed)),
        before=rank_task(alone, _procedure(fixed)),
        procedure=_procedure(fixed),
    ).placement(scored.name, suite.name)


def _procedure(fixed: FixedPopulation) -> Procedure:
    suite = fixed.suite
    return Procedure(
        names=("spearman", LEFT), resamples=suite.resamples, level=suite.level, seed=suite.seed
    )


def _submitted(run: Run, scored: ScoredSubmission) -> MethodScores:
    """Return the finished scores of a submission, with outcomes and costs of its records.

    Raises:
        DataError: Scores and records do not fit each other, or the population.
    """
    texts = run.population.texts
    (scores,) = (suite.scores for suite in scored.suites if suite.suite == run.suite.name)
    column = run.scores.column(scored.key, texts)
    values = np.array([np.nan if value is None else value for value in scores])
    if len(values) != len(texts) or np.isnan(values[column.scored]).any():
        raise DataError(
            f"the scores of {scored.name} on {run.suite.name} are not those of its records; score "
            "the submission again"
        )
    return MethodScores(
        name=scored.name,
        version=scored.version,
        key=scored.key,
        components=(SCORE,),
        orient=_finished,
        column=dataclasses.replace(column, values={SCORE: values}),
    )


def _finished(components: Mapping[str, FloatArray]) -> FloatArray:
    return components[SCORE]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Ranked:
    """A board with the submission, and the same without."""

    task: TaskScores
    board: Board
    before: Board
    procedure: Procedure

    def placement(self, name: str, suite: str) -> Placement:
        methods = self.task.by_name
        own = methods[name]
        entries = {entry.plugin: entry for entry in self.board.entries}
        complete = [entry for entry in self.board.entries if entry.rank is not None]
        known = [entry for entry in complete if entry.plugin != name]
        agreements = {entry.plugin: _spearman(own, methods[entry.plugin].values) for entry in known}
        nearest = max(known, key=lambda entry: abs(_number(agreements[entry.plugin])))
        rivals = [
            Rival(
                name=entry.plugin,
                spearman=entry.measured["spearman"],
                agreement=agreements[entry.plugin],
                lead=self._lead(own, methods[entry.plugin]),
            )
            for entry in (known[0], nearest)
        ]
        moves = self._moves(complete)
        at = next((row for row, move in enumerate(moves) if move.name == name), None)
        return Placement(
            suite=suite,
            task=self.task.table.task,
            drawn=len(self.task.architectures),
            entry=entries[name],
            known=len(known),
            best=rivals[0],
            nearest=rivals[1],
            alike=_alike(agreements),
            sizes={size: self._size(own, size) for size in SIZES},
            moves=() if at is None else moves[max(0, at - _BESIDE) : at + _BESIDE + 1],
            down=sum(move.before is not None and move.after > move.before for move in moves),
            costs=own.column.costs(),
        )

    def _lead(self, own: MethodScores, rival: MethodScores) -> Difference | Undefined:
        first, second = (
            Side(
                label=method.name,
                tasks=(dataclasses.replace(self.task, methods=(method,)),),
                environments={},
            )
            for method in (own, rival)
        )
        try:
            (comparison,) = compare_sides(first, second, self.procedure, most=0)
        except UsageError as error:  # they have no network in common
            return Undefined(reason=str(error))
        return comparison.contrasts[0].difference

    def _size(self, own: MethodScores, size: str) -> Value:
        control = self.task.controls[size]
        return control if isinstance(control, Undefined) else _spearman(own, control)

    def _moves(self, complete: Sequence[Entry]) -> tuple[Move, ...]:
        before = {entry.plugin: entry.rank for entry in self.before.entries}
        return tuple(
            Move(
                name=entry.plugin,
                before=_rank(before.get(entry.plugin)),
                after=_rank(entry.rank) or 0.0,
                spearman=entry.measured["spearman"],
            )
            for entry in complete
        )


def _rank(rank: Estimate | None) -> float | None:
    return rank.value.value if rank is not None and isinstance(rank.value, Defined) else None


def _spearman(own: MethodScores, other: FloatArray) -> Value:
    """Correlate scores with another column where both have a value."""
    both = own.scored & np.isfinite(other)
    return measure(SPEARMAN, Sample(scores=own.values[both], truth=other[both]))


def _alike(agreements: Mapping[str, Value]) -> dict[str, int]:
    numbers = {name: _number(value) for name, value in agreements.items()}
    return {
        name: 1 if number > 0 else -1 for name, number in numbers.items() if abs(number) >= _KNOWN
    }


def _number(value: Value) -> float:
    return value.value if isinstance(value, Defined) else 0.0
