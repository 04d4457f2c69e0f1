"""Ranks methods on one task: metrics, paired intervals, ranks, coverage and ties."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from harness.core.identity import derived_seed
from harness.evaluation.agreement import judge_agreement
from harness.evaluation.explained import explain_scores
from harness.evaluation.failures import count_failures
from harness.evaluation.joining import join_stored
from harness.evaluation.leaderboard import Board, Entry, Leaderboard
from harness.evaluation.method_scores import MethodScores, summarise_costs
from harness.evaluation.overall_ranking import rank_overall
from harness.evaluation.procedure import Procedure, estimate, procedure_of, resample
from harness.evaluation.task_scores import TaskScores
from harness.execution.run import Run
from harness.metrics.intervals import FEWEST, TOO_FEW
from harness.metrics.many_tasks import rank_interval, ranks
from harness.metrics.metric import Metric
from harness.metrics.replicates import Replicates
from harness.metrics.sample import Resamples, resample_weights
from harness.metrics.values import Defined, Estimate, FloatArray, Undefined
from harness.records.columns import ABSENT
from harness.spaces.identical import IDENTICAL

__all__ = [
    "assemble",
    "draw_resamples",
    "evaluate",
    "oriented",
    "rank_run",
    "rank_task",
    "rank_tasks",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Measured:
    """An entry and, where it has a value, the replicates of its headline metric."""

    entry: Entry
    replicates: Replicates | None


def evaluate(run: Run) -> Leaderboard:
    """Compute every metric of a suite from stored scores and truth tables.

    Raises:
        UsageError: A task belongs to another space than the suite, or has no value for any
            architecture of the population.
        DataError: A truth table cannot be read.
    """
    return rank_run(run, join_stored(run))


def rank_run(
    run: Run, tasks: Sequence[TaskScores], procedure: Procedure | None = None
) -> Leaderboard:
    """Rank the tasks that `join_stored` made, as the suite wants it unless said otherwise.

    The edition says the seed of the run where that is not 0, and the batch and the device where
    these are not the usual ones: its board is another one.
    """
    suite, edition = run.suite, f"{run.population.name}{run.variant}"
    if suite.seed:
        edition += f"-run-seed{suite.seed}"
    return rank_tasks(suite.name, edition, tasks, procedure or procedure_of(suite))


def rank_tasks(
    suite: str, edition: str, tasks: Sequence[TaskScores], procedure: Procedure
) -> Leaderboard:
    """Rank the methods on every task, then over all of them."""
    boards = [rank_task(task, procedure) for task in tasks]
    return assemble(suite, edition, boards, procedure)


def assemble(
    suite: str, edition: str, boards: Sequence[Board], procedure: Procedure
) -> Leaderboard:
    """Put boards that the procedure made on a leaderboard, with the ranking over all of them.

    Where networks are not identical by the usual kind, the edition says by which they are.
    """
    identical = boards[0].truth.identical
    return Leaderboard(
        suite=suite,
        edition=edition if identical == IDENTICAL else f"{edition}-{identical}",
        seed=procedure.seed,
        resamples=procedure.resamples,
        level=procedure.level,
        measures=procedure.metrics,
        boards=tuple(boards),
        overall=rank_overall(boards, procedure),
    )


def rank_task(task: TaskScores, procedure: Procedure) -> Board:
    """Measure every method on the architectures of a task.

    The resamples are drawn from the digest of the population and are the same for all methods.
    """
    resamples = draw_resamples(task, procedure)
    measured = [_measure(task, method, procedure, resamples) for method in task.methods]
    explained = explain_scores(task)
    return Board(
        truth=task.table,
        population=task.population.name,
        population_digest=task.population.digest,
        population_size=len(task.population.texts),
        provenance=task.provenance,
        rows=task.rows,
        drawn=len(task.architectures),
        best=float(task.truth.max()),
        entries=tuple(
            dataclasses.replace(entry, explained=explained[entry.plugin])
            for entry in _ranked(measured, procedure)
        ),
        agreement=judge_agreement(
            task.table.space, {method.name: method.values for method in task.methods}
        ),
    )


def draw_resamples(task: TaskScores, procedure: Procedure) -> Resamples:
    """Return the resamples that all methods of a task share."""
    seed = derived_seed(procedure.seed, "bootstrap", task.table.task, task.population.digest)
    return resample_weights(len(task.architectures), procedure.resamples, seed)


def oriented(metric: Metric, measured: Estimate) -> float:
    """Return a metric's value, higher is better; minus infinity without a value."""
    match measured.value:
        case Defined(value=value):
            return metric.direction.orient(value)
        case _:
            return -np.inf


def _measure(
    task: TaskScores, method: MethodScores, procedure: Procedure, resamples: Resamples
) -> _Measured:
    scored, sample = method.scored, task.sample(method)
    drawn = resamples if scored.all() else resamples.where(scored)
    resampled = {
        metric.name: task.explain(method, metric, sample) or resample(metric, sample, drawn)
        for metric in procedure.metrics
    }
    headline = resampled[procedure.headline.name]
    entry = Entry(
        plugin=method.name,
        version=method.version,
        key=method.key,
        drawn=len(task.architectures),
        scored=sample.n,
        missing=int((method.column.status == ABSENT).sum()),
        failures=count_failures(method.column),
        distinct=len(np.unique(sample.scores)),
        measured={name: estimate(value, procedure.level) for name, value in resampled.items()},
        pairs={
            metric.name: metric.pairs.count(sample)
            for metric in procedure.metrics
            if metric.pairs is not None and sample.controls.keys() >= set(metric.controls)
        },
        rank=None,
        timing=summarise_costs(method.column.costs()),
        imported=method.imported,
        archived=0 if method.archived is None else int(method.archived.sum()),
    )
    return _Measured(
        entry=entry, replicates=None if isinstance(headline, Undefined) else headline.replicates
    )


def _ranked(measured: Sequence[_Measured], procedure: Procedure) -> tuple[Entry, ...]:
    metric = procedure.headline
    values = {
        each.entry.plugin: oriented(metric, each.entry.measured[metric.name]) for each in measured
    }
    replicates = {
        each.entry.plugin: each.replicates
        for each in measured
        if each.replicates is not None and each.entry.scored == each.entry.drawn
    }
    complete = _rank_complete(metric, replicates, values, procedure.level)
    entries = [
        dataclasses.replace(each.entry, rank=complete.get(each.entry.plugin)) for each in measured
    ]
    return tuple(
        sorted(
            entries,
            key=lambda entry: (entry.scored < entry.drawn, -values[entry.plugin], entry.plugin),
        )
    )


def _rank_complete(
    metric: Metric, replicates: Mapping[str, Replicates], values: Mapping[str, float], level: float
) -> dict[str, Estimate]:
    """Rank the complete entries of one board.

    Args:
        metric: The headline metric.
        replicates: Plugin to its bootstrap distribution, all over the same resamples. A resample on
            which a plugin has no value ranks it after all that have one.
        values: Plugin to its value, higher is better, for the same plugins.
        level: Level of the intervals.
    """
    if not replicates:
        return {}
    own = ranks(np.array([values[name] for name in replicates]))
    columns = [_oriented_replicates(metric, column) for column in replicates.values()]
    replicated = ranks(np.stack(columns, axis=1))
    return {
        name: Estimate(
            value=Defined(value=float(own[column])),
            interval=rank_interval(replicated[:, column], level) if of.n >= FEWEST else TOO_FEW,
        )
        for column, (name, of) in enumerate(replicates.items())
    }


def _oriented_replicates(metric: Metric, replicates: Replicates) -> FloatArray:
    values = np.full(len(replicates), -np.inf)
    values[replicates.defined] = metric.direction.orient(replicates.values)
    return values
