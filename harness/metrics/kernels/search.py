"""Expected best truth of k draws without replacement from each resample, exactly.

Of g draws with equal scores, r are picked at random. Sorted by truth from the highest, the one at
position d is the best picked with probability S(d) - S(d + 1), where

    S(d) = C(g - d, r) / C(g, r),    S(0) = 1,    S(d + 1) = S(d) (g - d - r) / (g - d)

is the probability that none of the first d is picked.
"""

from __future__ import annotations

import numpy as np

from harness.metrics.kernels.compiler import compiled
from harness.metrics.ordering import Ordering
from harness.metrics.values import Counts, FloatArray, IntArray

__all__ = ["best_of_top", "regret_of_random"]

# A position that is reached less often than this cannot change the last bit of the expectation.
_NEVER = 1e-18


@compiled
def best_of_top(counts: Counts, by_score: Ordering, truth: FloatArray, k: int) -> FloatArray:
    """Return the expected best truth among the k highest-scored draws of each resample.

    Args:
        counts: Shape (B, n): weights of the resamples.
        by_score: Architectures from the highest score, within a run from the highest truth.
        truth: Shape (n,).
        k: Number of draws that are looked at; of equal scores, random ones.

    Returns:
        Shape (B,); NaN where a resample has fewer than k draws.
    """
    result = np.empty(counts.shape[0], dtype=np.float64)
    n = truth.size
    for resample in range(counts.shape[0]):
        best, left, first = -np.inf, k, 0
        while first < n and left > 0:
            size, last = 0, first
            top = -np.inf
            while last == first or (last < n and not by_score.start[last]):
                weight = counts[resample, by_score.order[last]]
                if weight > 0 and size == 0:
                    top = truth[by_score.order[last]]
                size += weight
                last += 1
            if size <= left:
                best = max(best, top)
                left -= size
            else:
                members = by_score.order[first:last]
                best = _best_of_run(counts[resample], members, truth, (size, left, best))
                left = 0
            first = last
        result[resample] = best if left == 0 else np.nan
    return result


@compiled
def _best_of_run(
    weight: Counts, members: IntArray, truth: FloatArray, picks: tuple[int, int, float]
) -> float:
    """Expect the maximum of a floor and of `picks` (size, picked, floor) from a run of ties."""
    left, picked, floor = picks
    expected, survival = 0.0, 1.0
    for member in members:
        if truth[member] <= floor or survival < _NEVER:
            break
        before = survival
        for _ in range(weight[member]):
            survival *= max(left - picked, 0) / left
            left -= 1
        expected += (before - survival) * truth[member]
    if survival >= _NEVER:
        expected += survival * floor
    return expected


@compiled
def regret_of_random(
    counts: Counts, by_truth: Ordering, truth: FloatArray, table: FloatArray
) -> FloatArray:
    """Return the expected gap between the best truth and the best of k random draws.

    Args:
        counts: Shape (B, n): weights of the resamples.
        by_truth: Architectures from the highest truth.
        truth: Shape (n,).
        table: Shape (N + 1,): C(m, k) / C(N, k) for m from 0 to the largest number of draws N, so
            that S(d) of m draws is ``table[m - d] / table[m]``.

    Returns:
        Shape (B,), each at least zero; NaN where a resample has fewer than k draws.
    """
    result = np.empty(counts.shape[0], dtype=np.float64)
    for resample in range(counts.shape[0]):
        left = np.int64(counts[resample].sum())  # unsigned sums become floats when subtracted
        all_ways = table[left]
        gap, ways, place = 0.0, all_ways, 0
        while place < truth.size - 1 and counts[resample, by_truth.order[place]] == 0:
            place += 1
        best = truth[by_truth.order[place]]
        while place < truth.size and ways > _NEVER * all_ways:
            architecture = by_truth.order[place]
            left -= counts[resample, architecture]
            gap += (ways - table[left]) * (best - truth[architecture])
            ways = table[left]
            place += 1
        result[resample] = gap / all_ways
    return result
