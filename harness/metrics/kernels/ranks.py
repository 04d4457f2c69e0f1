"""Products of average ranks within each resample, in exact integers.

Twice an average rank is an integer. If a resample has N draws, twice its ranks sum to N (N + 1),
so the centred product of two variables is sum(w a b) - N (N + 1)^2 without any rounding; it
fits 64 bits up to a million draws.
"""

from __future__ import annotations

import numpy as np

from harness.metrics.kernels.compiler import compiled
from harness.metrics.values import Counts, IntArray

__all__ = ["rank_products"]


@compiled
def rank_products(counts: Counts, order: IntArray, ties: IntArray) -> IntArray:
    """Return the centred products of twice the average ranks.

    Args:
        counts: Shape (B, n): weights of the resamples.
        order: Shape (v, n): architectures in ascending order of each of v variables.
        ties: Shape (r, 3): variable, first and last-plus-one position of each run of at least two
            equal values in that order, sorted by variable.

    Returns:
        Shape (B, v, v): four times N times the covariance of the ranks; zero where a variable is
        constant.
    """
    resamples, n = counts.shape
    variables = order.shape[0]
    result = np.empty((resamples, variables, variables), dtype=np.int64)
    ranks = np.empty((variables, n), dtype=np.int64)
    first_tie = np.searchsorted(ties[:, 0], np.arange(variables + 1))
    for resample in range(resamples):
        draws = 0
        for variable in range(variables):
            draws = _rank(counts[resample], order[variable], ranks[variable])
            runs = ties[first_tie[variable] : first_tie[variable + 1], 1:]
            _share_ranks(counts[resample], order[variable], runs, ranks[variable])
        for a in range(variables):
            for b in range(a, variables):
                product = -draws * (draws + 1) * (draws + 1)
                for row in range(n):
                    product += counts[resample, row] * ranks[a, row] * ranks[b, row]
                result[resample, a, b] = product
                result[resample, b, a] = product
    return result


@compiled
def _rank(weight: Counts, order: IntArray, ranks: IntArray) -> int:
    """Write twice the rank of each architecture, as if all differed; return the draws."""
    below = 0
    for row in order:
        ranks[row] = 2 * below + weight[row] + 1
        below += weight[row]
    return below


@compiled
def _share_ranks(weight: Counts, order: IntArray, ties: IntArray, ranks: IntArray) -> None:
    """Give equal values, whose ranks were written as if they differed, their average rank."""
    for run in range(ties.shape[0]):
        lowest = order[ties[run, 0]]
        shared = ranks[lowest] - weight[lowest]
        for place in range(ties[run, 0], ties[run, 1]):
            shared += weight[order[place]]
        for place in range(ties[run, 0], ties[run, 1]):
            ranks[order[place]] = shared
