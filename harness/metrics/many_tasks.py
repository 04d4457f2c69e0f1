"""Tests of several plugins over several tasks, each task counting once.

They take the tasks as independent. Tasks of one space are not, so their p values are too small
where a scope holds many of them; the intervals of `task_resamples` know about spaces.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from harness.metrics.values import BoolArray, FloatArray, Undefined

__all__ = [
    "ChiSquare",
    "critical_difference",
    "friedman_test",
    "holm",
    "indistinct_runs",
    "signed_rank_p",
    "smallest_signed_rank_p",
]


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
    found = friedmanchisquare(*values.T)
    return ChiSquare(float(found.statistic), float(found.pvalue))


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
        differences: Shape (t,). Zeros are left out, as Wilcoxon did; if nothing is left, p is 1.
    """
    kept = differences[differences != 0]
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
