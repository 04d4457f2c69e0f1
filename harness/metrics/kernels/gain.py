"""Normalised discounted cumulative gain of every resample."""

from __future__ import annotations

import numpy as np

from harness.metrics.kernels.compiler import compiled
from harness.metrics.ordering import Ordering
from harness.metrics.values import Counts, FloatArray, IntArray

__all__ = ["discounted_gain"]


@compiled
def discounted_gain(
    counts: Counts, by_score: Ordering, by_truth: Ordering, discounts: FloatArray
) -> FloatArray:
    """Return the gain in the order of the scores over the gain in the order of the truth.

    The gain of a draw is its rank percentile by truth; draws with equal scores share the mean of
    their gains.

    Args:
        counts: Shape (B, n): weights of the resamples.
        by_score: Architectures from the highest score.
        by_truth: Architectures from the highest truth.
        discounts: Shape (N + 1,): sums of the first 0, 1, 2, ... discounts, up to the largest
            number of draws N.

    Returns:
        Shape (B,); NaN where the truth is constant.
    """
    resamples, n = counts.shape
    result = np.empty(resamples, dtype=np.float64)
    gain = np.empty(n, dtype=np.float64)
    for resample in range(resamples):
        weight = counts[resample]
        if _percentiles(weight, by_truth, gain):
            ideal = _discounted(weight, by_truth.order, gain, discounts)
            _share(weight, by_score, gain)
            result[resample] = _discounted(weight, by_score.order, gain, discounts) / ideal
        else:
            result[resample] = np.nan
    return result


@compiled
def _percentiles(weight: Counts, by_truth: Ordering, gain: FloatArray) -> bool:
    """Write (average rank - 1) / (draws - 1); return whether the truth differs at all."""
    draws, above, largest = np.int64(weight.sum()), 0, 0
    scale = 1.0 / (draws - 1.0)
    for row in by_truth.order:
        gain[row] = scale * (draws - above - 0.5 * (weight[row] + 1))
        above += weight[row]
        largest = max(largest, weight[row])
    return bool(max(largest, _share(weight, by_truth, gain)) < draws)


@compiled
def _share(weight: Counts, ordering: Ordering, gain: FloatArray) -> int:
    """Give the draws of each run of equals their mean gain; return the size of the largest."""
    largest = 0
    for run in range(ordering.ties.shape[0]):
        size, total = 0, 0.0
        for place in range(ordering.ties[run, 0], ordering.ties[run, 1]):
            row = ordering.order[place]
            size += weight[row]
            total += weight[row] * gain[row]
        for place in range(ordering.ties[run, 0], ordering.ties[run, 1]):
            gain[ordering.order[place]] = total / max(size, 1)
        largest = max(largest, size)
    return largest


@compiled
def _discounted(weight: Counts, order: IntArray, gain: FloatArray, discounts: FloatArray) -> float:
    total, above, spent = 0.0, 0, 0.0
    for row in order:
        if spent >= discounts[-1]:
            break
        above += weight[row]
        total += gain[row] * (discounts[above] - spent)
        spent = discounts[above]
    return total
