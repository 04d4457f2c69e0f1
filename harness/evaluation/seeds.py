"""Proxies over several seeds of weights, images and draws, on the same architectures."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from harness.core.direction import Direction
from harness.core.errors import UsageError, unknown_name
from harness.core.identity import derived_seed
from harness.evaluation.failures import FailureCount, count_failures, failures_text
from harness.evaluation.method_scores import MethodScores
from harness.evaluation.procedure import Procedure, Resampled, estimate
from harness.evaluation.ranking import draw_resamples, oriented
from harness.evaluation.task_scores import TaskScores
from harness.metrics import (
    Defined,
    Difference,
    Estimate,
    Sample,
    Undefined,
    Value,
    bootstrap_over_seeds,
    find_metric,
    measure,
    measure_over_seeds,
    paired_difference,
    seed_deviation,
)
from harness.metrics.values import BoolArray

__all__ = ["OverSeeds", "compare_seeds"]


@dataclass(frozen=True, slots=True, kw_only=True)
class OverSeeds:
    """One proxy on one task, over several seeds.

    Attributes:
        metric: What is measured.
        seeds: Number of seeds.
        drawn: Architectures with ground truth.
        scored: Those that every seed has scored; the others take no part.
        failures: By kind, those of all seeds together and the reason of the first.
        mean: Mean of the metric over seeds; its interval resamples seeds and architectures.
        each: The metric of every seed.
        deviation: Standard deviation of the metric between seeds.
        agreement: Mean Spearman correlation of the scores of two seeds.
        lead: How far it is ahead of the proxy that it is held against, on the architectures and
            seeds of both, in the unit of the metric and above 0 where it is the better one; absent
            where it is that proxy or none is.
    """

    task: str
    plugin: str
    metric: str
    seeds: int
    drawn: int
    scored: int
    failures: Mapping[str, FailureCount]
    mean: Estimate
    each: tuple[Value, ...]
    deviation: Value
    agreement: Value
    lead: Difference | Undefined | None


def compare_seeds(
    tasks: Sequence[TaskScores], procedure: Procedure, against: str = ""
) -> tuple[OverSeeds, ...]:
    """Measure every method of one task by the headline metric over seeds, best mean first.

    Args:
        tasks: The same task, architectures and methods under each of at least two seeds.
        procedure: Headline metric, resamples, level, and seed of the resamples.
        against: Name of the method that the others are held against.

    Raises:
        UsageError: There are fewer than two seeds, they are of different architectures, or
            nobody has the name `against`.
    """
    if len(tasks) < 2 or len({task.population.digest for task in tasks}) > 1:
        raise UsageError("a mean over seeds needs at least two seeds of one population")
    methods = {
        method.name: tuple(task.methods[position] for task in tasks)
        for position, method in enumerate(tasks[0].methods)
    }
    if against and against not in methods:
        raise unknown_name("plugin", against, methods, "--against")
    seeds = _Seeds(tasks=tuple(tasks), procedure=procedure)
    rows = [
        seeds.measure(name, columns, None if against in ("", name) else methods[against])
        for name, columns in methods.items()
    ]
    rows.sort(key=lambda row: (-oriented(procedure.headline, row.mean), row.plugin))
    return tuple(rows)


_IMPORTED = Undefined(reason="imported scores are the same under every seed")

_Columns = tuple[MethodScores, ...]
"""A method under every seed."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Seeds:
    """One task under every seed, and how methods are measured."""

    tasks: tuple[TaskScores, ...]
    procedure: Procedure

    def measure(self, name: str, columns: _Columns, others: _Columns | None) -> OverSeeds:
        """Measure a method, and its lead over another one."""
        metric, rows = self.procedure.headline, _shared(columns)
        samples = self.samples(columns, rows)
        failures = count_failures(*(column.column for column in columns))
        mean = self.distribution(samples, rows)
        if isinstance(mean, Undefined) and failures and rows.sum() < metric.minimum_n:
            mean = Undefined(reason=f"{failures_text(failures)}; {mean.reason}")
        return OverSeeds(
            task=self.tasks[0].table.task,
            plugin=name,
            metric=metric.name,
            seeds=len(columns),
            drawn=len(rows),
            scored=int(rows.sum()),
            failures=failures,
            mean=estimate(mean, self.procedure.level),
            each=tuple(measure(metric, sample) for sample in samples),
            deviation=_IMPORTED if columns[0].imported else seed_deviation(metric, samples),
            agreement=_IMPORTED if columns[0].imported else _agreement(samples),
            lead=None if others is None else self.lead(columns, others),
        )

    def lead(self, columns: _Columns, others: _Columns) -> Difference | Undefined:
        """Return how much better a method is than another one, paired."""
        rows = _shared([*columns, *others])
        ours = self.distribution(self.samples(columns, rows), rows)
        theirs = self.distribution(self.samples(others, rows), rows)
        if isinstance(ours, Undefined):
            return ours
        if isinstance(theirs, Undefined):
            return theirs
        if self.procedure.headline.direction is Direction.LOWER:
            ours, theirs = theirs, ours
        value = ours.value - theirs.value
        level = self.procedure.level
        return paired_difference(value, ours.replicates, theirs.replicates, level)

    def samples(self, columns: _Columns, rows: BoolArray) -> list[Sample]:
        """Return scores and truth of the architectures in `rows` under every seed."""
        pairs = zip(self.tasks, columns, strict=True)
        return [task.sample(column, rows) for task, column in pairs]

    def distribution(self, samples: Sequence[Sample], rows: BoolArray) -> Resampled | Undefined:
        """Return the mean over seeds and its bootstrap over seeds and the architectures in `rows`.

        Seeds and architectures are drawn alike for all methods, so that differences are paired.
        """
        procedure, task = self.procedure, self.tasks[0]
        mean = measure_over_seeds(procedure.headline, samples)
        if isinstance(mean, Undefined):
            return mean
        resamples = draw_resamples(task, procedure).where(rows)
        seed = derived_seed(procedure.seed, "seeds", task.table.task, task.population.digest)
        replicates = bootstrap_over_seeds(procedure.headline, samples, resamples, seed)
        return Resampled(value=mean.value, replicates=replicates)


def _shared(columns: Sequence[MethodScores]) -> BoolArray:
    """Return which architectures, shape ``(n,)``, all of them have scored."""
    return np.logical_and.reduce([column.scored for column in columns])  # type: ignore[no-any-return]


def _agreement(samples: Sequence[Sample]) -> Value:
    """Return the mean Spearman correlation of the scores of two seeds; undefined if any is."""
    correlations: list[float] = []
    for first, second in itertools.combinations(samples, 2):
        value = measure(find_metric("spearman"), Sample(scores=first.scores, truth=second.scores))
        if isinstance(value, Undefined):
            return value
        correlations.append(value.value)
    return Defined(value=float(np.mean(correlations)))
