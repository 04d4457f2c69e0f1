"""One plugin on one task, before and now, on the architectures that both sides scored."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from harness.core.identity import derived_seed
from harness.evaluation import TaskScores
from harness.metrics import (
    Defined,
    Replicates,
    Resamples,
    Sample,
    Undefined,
    Value,
    bootstrap,
    find_metric,
    measure,
    resample_weights,
    standard_error,
)
from harness.metrics.many_tasks import holm
from harness.metrics.values import BoolArray
from harness.regression_gate.finding import Rule
from harness.regression_gate.snapshot import PluginState, Snapshot, same_arithmetic
from harness.regression_gate.taking import HEADLINE

__all__ = ["ALL_SPACES", "Comparison", "combine", "compare_all"]

ALL_SPACES = "all spaces"
"""What stands for the task of a comparison over several."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """The rank correlation of old and of new scores with the same truth.

    Attributes:
        n: Architectures with truth and a score on both sides.
        then, now: Rank correlation with the truth.
        noise: Bootstrap standard error of the paired difference; zero where the ranking is the
            same, undefined where a value is or too few resamples have one.
        p_value: Of a fall as large by chance, one-sided, corrected by Holm for all comparisons of
            the gate whose ranking changed; 1 where it did not.
        allowed: Fall that the plugin's tolerance allows, or between machines its stability.
    """

    plugin: str
    task: str
    n: int
    then: Value
    now: Value
    noise: Value
    p_value: float
    allowed: float

    @property
    def is_measured(self) -> bool:
        """Whether both values are defined."""
        return isinstance(self.then, Defined) and isinstance(self.now, Defined)

    @property
    def fall(self) -> float:
        """Old less new value; zero where one of them is undefined."""
        if isinstance(self.then, Defined) and isinstance(self.now, Defined):
            return self.then.value - self.now.value
        return 0.0


def compare_all(
    baseline: Snapshot, current: Snapshot, tasks: Sequence[TaskScores], rule: Rule
) -> tuple[Comparison, ...]:
    """Compare every plugin that both sides have on every task whose truth is the same."""
    comparisons = []
    for task in tasks:
        if baseline.tasks.get(task.table.task) != task.table.digest:
            continue
        seed = derived_seed(rule.seed, "gate", task.table.task, task.population.digest)
        resamples = resample_weights(len(task.architectures), rule.resamples, seed)
        for name, now in current.plugins.items():
            if name in baseline.plugins:
                comparison = _compare(baseline.plugins[name], now, task, resamples)
                if not same_arithmetic(baseline, current, name):
                    allowed = max(comparison.allowed, now.stability.spearman)
                    comparison = replace(comparison, allowed=allowed)
                comparisons.append(comparison)
    return _corrected(comparisons)


def combine(comparisons: Sequence[Comparison]) -> tuple[Comparison, ...]:
    """Make one comparison a plugin of those that it has on the tasks of different spaces.

    Both values are means over the spaces, weighted by their numbers of architectures, so that every
    architecture counts alike. The spaces' draws are independent, and so are their errors.
    """
    by_plugin: dict[str, list[Comparison]] = {}
    for comparison in comparisons:
        if isinstance(comparison.then, Defined):
            by_plugin.setdefault(comparison.plugin, []).append(comparison)
    return _corrected([_mean(parts) for parts in by_plugin.values()])


def _mean(parts: Sequence[Comparison]) -> Comparison:
    n = sum(part.n for part in parts)
    shares = [part.n / n for part in parts]
    noise = _weighted([part.noise for part in parts], [share**2 for share in shares], power=2)
    if isinstance(noise, Defined):
        noise = Defined(value=math.sqrt(noise.value))
    return Comparison(
        plugin=parts[0].plugin,
        task=ALL_SPACES,
        n=n,
        then=_weighted([part.then for part in parts], shares),
        now=_weighted([part.now for part in parts], shares),
        noise=noise,
        p_value=1.0,
        allowed=max(part.allowed for part in parts),
    )


def _weighted(values: Sequence[Value], weights: Sequence[float], power: int = 1) -> Value:
    """Return the weighted sum of values, or the first that is undefined."""
    total = 0.0
    for value, weight in zip(values, weights, strict=True):
        if not isinstance(value, Defined):
            return value
        total += weight * value.value**power
    return Defined(value=total)


def _compare(
    then: PluginState, now: PluginState, task: TaskScores, resamples: Resamples
) -> Comparison:
    both = [text in then.scores and text in now.scores for text in task.architectures]
    mask = np.array(both, dtype=np.bool_)
    kept = [text for text, wanted in zip(task.architectures, both, strict=True) if wanted]
    truth = task.truth[mask]
    old = Sample(scores=np.array([then.scores[text] for text in kept]), truth=truth)
    new = Sample(scores=np.array([now.scores[text] for text in kept]), truth=truth)
    metric = find_metric(HEADLINE)
    before, after = measure(metric, old), measure(metric, new)
    return Comparison(
        plugin=now.name,
        task=task.table.task,
        n=len(kept),
        then=before,
        now=after,
        noise=_noise(old, new, mask, resamples),
        p_value=1.0,
        allowed=then.tolerance.drop,
    )


def _noise(old: Sample, new: Sample, mask: BoolArray, resamples: Resamples) -> Value:
    metric = find_metric(HEADLINE)
    if not isinstance(measure(metric, old), Defined) or not isinstance(
        measure(metric, new), Defined
    ):
        return Undefined(reason="a value is undefined")
    if np.array_equal(_ranks(old), _ranks(new)):
        return Defined(value=0.0)
    drawn = resamples.where(mask)
    first, second = bootstrap(metric, old, drawn), bootstrap(metric, new, drawn)
    defined = first.defined & second.defined
    return standard_error(
        Replicates(n=old.n, defined=defined, values=first.at(defined) - second.at(defined))
    )


def _ranks(sample: Sample) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return np.unique(sample.scores, return_inverse=True)[1]


def _corrected(comparisons: Sequence[Comparison]) -> tuple[Comparison, ...]:
    """Correct for the number of comparisons that noise can move at all: the ranking changed."""
    moved = [
        index
        for index, comparison in enumerate(comparisons)
        if comparison.fall or (isinstance(comparison.noise, Defined) and comparison.noise.value)
    ]
    raw = np.array([_one_sided(comparisons[index]) for index in moved])
    corrected = dict(zip(moved, holm(raw).tolist(), strict=True))
    return tuple(
        replace(comparison, p_value=corrected[index]) if index in corrected else comparison
        for index, comparison in enumerate(comparisons)
    )


def _one_sided(comparison: Comparison) -> float:
    noise = comparison.noise.value if isinstance(comparison.noise, Defined) else 0.0
    if noise == 0:
        return 0.0 if comparison.fall > 0 else 1.0
    return 0.5 * math.erfc(comparison.fall / noise / math.sqrt(2))
