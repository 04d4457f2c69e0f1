"""How many of the truly best draws of a resample are among the highest-scored ones."""

from __future__ import annotations

import numpy as np

from harness.metrics.kernels.compiler import compiled
from harness.metrics.ordering import Ordering
from harness.metrics.values import BoolArray, Counts, FloatArray, IntArray

__all__ = ["top_overlap"]


@compiled
def top_overlap(
    counts: Counts, by_score: Ordering, by_truth: Ordering, selected: IntArray, wanted: IntArray
) -> FloatArray:
    """Count true top draws among the selected ones, in expectation over random tie-breaking.

    Args:
        counts: Shape (B, n): weights of the resamples.
        by_score: Architectures from the highest score.
        by_truth: Architectures from the highest truth.
        selected: Shape (B,): how many of the highest-scored draws are selected.
        wanted: Shape (B,): how many of the truly best draws are wanted; more where the last has
            the truth of others.

    Returns:
        Shape (B, 2): expected number of wanted draws among the selected, and number of wanted
        draws.
    """
    resamples, n = counts.shape
    result = np.empty((resamples, 2), dtype=np.float64)
    is_wanted = np.zeros(n, dtype=np.bool_)
    for resample in range(resamples):
        size, place = 0, 0
        while place < n and (size < wanted[resample] or not by_truth.start[place]):
            is_wanted[by_truth.order[place]] = True
            size += counts[resample, by_truth.order[place]]
            place += 1
        result[resample, 0] = _hits(counts[resample], by_score, is_wanted, selected[resample])
        result[resample, 1] = size
        is_wanted[by_truth.order[:place]] = False
    return result


@compiled
def _hits(weight: Counts, by_score: Ordering, is_wanted: BoolArray, left: int) -> float:
    """Expect how many of the `left` highest-scored draws are wanted."""
    hits, first = 0.0, 0
    while first < weight.size and left > 0:
        size, hit, last = 0, 0, first
        while last == first or (last < weight.size and not by_score.start[last]):
            size += weight[by_score.order[last]]
            hit += weight[by_score.order[last]] * is_wanted[by_score.order[last]]
            last += 1
        taken = min(size, left)
        if size > 0:
            hits += hit * taken / size
        left -= taken
        first = last
    return hits
