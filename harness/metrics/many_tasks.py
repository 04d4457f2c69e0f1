"""Several plugins over several tasks: ranks, weights and resamples of tasks, and tests.

Each task counts once in a test, which takes the tasks as independent. Tasks of one space are not,
so p values are too small where a scope holds many of them; the resamples of tasks know about
spaces.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from harness.core.errors import UsageError
from harness.metrics.values import BoolArray, FloatArray, IntArray, Interval, Undefined

__all__ = [
    "FEWEST_UNITS",
    "ChiSquare",
    "count_units",
    "critical_difference",
    "friedman_test",
    "holm",
    "indistinct_runs",
    "mean_weights",
    "rank_interval",
    "ranks",
    "resampled_weights",
    "signed_rank_p",
    "smallest_signed_rank_p",
]


def ranks(values: FloatArray) -> FloatArray:
    """Return the rank of each value within its row, 1 for the highest; ties share the mean rank.

    Args:
        values: Shape (..., p). Minus infinity comes last: it stands for no value.

    Returns:
        Shape (..., p), from 1 to p; each row sums to p (p + 1) / 2.

    Raises:
        UsageError: A value is not a number.
    """
    if np.isnan(values).any():
        raise UsageError("a value that is not a number has no place; leave it out.")
    result = np.empty_like(values, dtype=np.float64)
    for column in range(values.shape[-1]):
        own = values[..., column, None]
        above = (values > own).sum(axis=-1)
        equal = (values == own).sum(axis=-1)
        result[..., column] = above + (equal + 1) / 2
    return result


def rank_interval(replicates: FloatArray, level: float) -> Interval:
    """Return the central `level` of replicated ranks, shape (B,).

    Its ends are ranks that occurred: they are rounded outwards and not interpolated, since
    nothing can stand between the second rank and the third.
    """
    tail = (1 - level) / 2
    return Interval(
        low=float(np.quantile(replicates, tail, method="lower")),
        high=float(np.quantile(replicates, 1 - tail, method="higher")),
        level=level,
    )


FEWEST_UNITS = 5
"""Fewest units that an interval over tasks is drawn from.

Resamples of four have 35 different means, and the tails that an interval of theirs has to reach
(`central_of_means`) hold a ten-thousandth of the resamples each.
"""


def mean_weights(clusters: Sequence[str]) -> FloatArray:
    """Return the weight of each task, shape (t,), that lets all clusters weigh alike; sum 1."""
    numbers = _numbers(clusters)
    sizes = np.bincount(numbers)
    result: FloatArray = 1.0 / (sizes.size * sizes[numbers])
    return result


def count_units(clusters: Sequence[str]) -> int:
    """Return how many things are resampled: clusters, or the tasks where there is one cluster."""
    different = len(set(clusters))
    return different if different > 1 else len(clusters)


def resampled_weights(clusters: Sequence[str], resamples: int, seed: int) -> FloatArray:
    """Draw clusters, then tasks within each drawn cluster, both with replacement.

    A cluster that is drawn twice draws its tasks anew each time. One cluster alone is always drawn,
    so that only its tasks vary.

    Args:
        clusters: Shape (t,): name of the cluster of each task.
        resamples: Number of resamples B.
        seed: Seed of the generator, not negative.

    Returns:
        Shape (B, t): weights of the tasks in each resample; each row sums to 1.
    """
    if not clusters or resamples < 1:
        raise UsageError(f"cannot draw {resamples} resamples of {len(clusters)} tasks.")
    return _drawn_weights(tuple(clusters), resamples, seed)


@lru_cache(maxsize=8)
def _drawn_weights(clusters: tuple[str, ...], resamples: int, seed: int) -> FloatArray:
    """Draw once what all plugins of a table are resampled by; nobody may write to it."""
    numbers = _numbers(clusters)
    sizes = np.bincount(numbers)
    generator = np.random.Generator(np.random.PCG64(seed))
    drawn = generator.multinomial(sizes.size, np.full(sizes.size, 1 / sizes.size), size=resamples)
    result = np.empty((resamples, numbers.size))
    for cluster, size in enumerate(sizes):
        tasks = generator.multinomial(drawn[:, cluster] * size, np.full(size, 1 / size))
        result[:, numbers == cluster] = tasks / (sizes.size * size)
    result.setflags(write=False)
    return result


def _numbers(clusters: Sequence[str]) -> IntArray:
    order = {name: label for label, name in enumerate(dict.fromkeys(clusters))}
    return np.array([order[name] for name in clusters], dtype=np.int64)


class ChiSquare(NamedTuple):
    """A statistic and the probability of one at least as large by chance."""

    statistic: float
    p_value: float


def friedman_test(values: FloatArray) -> ChiSquare | Undefined:
    """Test whether all plugins rank alike, corrected for ties.

    Args:
        values: Shape (t, p): a value per task and plugin.

    Returns:
        Chi-square with p - 1 degrees of freedom; undefined for fewer than two tasks or three
        plugins, and where all plugins tie on every task.
    """
    from scipy.stats import friedmanchisquare

    tasks, plugins = values.shape
    if tasks < 2:
        return Undefined(reason=f"{tasks} task is too few for Friedman's test; two are needed")
    if plugins < 3:
        return Undefined(
            reason="Friedman's test needs three plugins that are complete on all tasks, "
            f"not {plugins}"
        )
    if (values == values[:, :1]).all():
        return Undefined(reason="all plugins tie on every task")
    test = friedmanchisquare(*values.T)
    return ChiSquare(float(test.statistic), float(test.pvalue))


def critical_difference(plugins: int, tasks: int, significance: float = 0.05) -> float:
    """Return Nemenyi's critical difference of mean ranks.

    Source: Demšar 2006, Statistical comparisons of classifiers over multiple data sets, eq. 6.
    """
    from scipy.stats import studentized_range

    quantile = studentized_range.ppf(1 - significance, plugins, np.inf)
    return float(quantile * np.sqrt(plugins * (plugins + 1) / (12 * tasks)))


def signed_rank_p(differences: FloatArray) -> float:
    """Return the two-sided p value of Wilcoxon's signed-rank test, exact with ties too.

    scipy's exact distribution needs distinct differences, and its enumeration for ties takes about
    a second per pair of plugins; the sum over random signs is a short convolution.

    Args:
        differences: Shape (t,), of correlations and the like. Zeros are left out, as Wilcoxon did;
            if nothing is left, p is 1. What differs by less than 1e-12, which rounding does, is
            equal.
    """
    rounded = np.round(differences, 12)
    kept = rounded[rounded != 0]
    if not kept.size:
        return 1.0
    size = np.abs(kept)
    # Twice the average ranks are integers.
    doubled = (size[:, None] > size).sum(axis=1) * 2 + (size[:, None] == size).sum(axis=1) + 1
    probability = np.zeros(int(doubled.sum()) + 1)
    probability[0] = 1.0
    for rank in doubled:
        probability[rank:] = (probability[rank:] + probability[:-rank]) / 2
        probability[:rank] /= 2
    observed = int(doubled[kept > 0].sum())
    tail = min(observed, int(doubled.sum()) - observed)
    return min(1.0, 2 * float(probability[: tail + 1].sum()))


def smallest_signed_rank_p(tasks: int) -> float:
    """Return the smallest p value that `signed_rank_p` can give: all signs alike."""
    return float(min(1.0, 2.0 ** (1 - tasks)))


def holm(p_values: FloatArray) -> FloatArray:
    """Correct p values, shape (m,), for their number; Holm 1979, step-down."""
    order = np.argsort(p_values, kind="stable")
    steps = p_values[order] * np.arange(p_values.size, 0, -1)
    result = np.empty(p_values.size)
    result[order] = np.minimum(np.maximum.accumulate(steps), 1.0)
    return result


def indistinct_runs(differs: BoolArray) -> list[tuple[int, int]]:
    """Return the longest runs of at least two neighbours, no two of which differ.

    Args:
        differs: Shape (p, p), symmetric: whether two plugins differ, in the order of the ranking.

    Returns:
        First and last-plus-one position of each run; none lies within another.
    """
    runs: list[tuple[int, int]] = []
    stop = 0
    for start in range(len(differs)):
        end = start + 1
        while end < len(differs) and not differs[start : end + 1, start : end + 1].any():
            end += 1
        if end - start > 1 and end > stop:
            runs.append((start, end))
            stop = end
    return runs
