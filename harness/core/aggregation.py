"""Rank aggregation: several numbers per architecture become one score over a population.

An aggregated score belongs to its population: drop an architecture and the others' scores change.
All functions take one array of shape ``(n,)`` per criterion, larger meaning better, and return
scores of shape ``(n,)``, larger meaning better. Equal inputs get equal scores:

* `average_ranks` gives tied values the mean of the ranks that they cover, so the sum of all ranks
  is always ``n (n + 1) / 2``;
* `dense_ranks` gives tied values one rank and the next value the next rank;
* `majority_margins` lets a tie count for neither side.

A constant criterion therefore moves no architecture in any of the aggregations.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from harness.core.errors import DataError

__all__ = [
    "Scores",
    "average_ranks",
    "dense_ranks",
    "majority_margins",
    "sum_of_log_ranks",
    "sum_of_ranks",
]

Scores = NDArray[np.float64]

_BLOCK = 256
"""Architectures compared with all others at a time, so that memory grows with n, not n squared."""


def average_ranks(values: Scores) -> Scores:
    """Return ranks from 1 (smallest) to n; ties share the mean of the ranks that they cover.

    Raises:
        DataError: A value is not finite, so it has no rank.
    """
    _, positions, counts = np.unique(_finite(values), return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    means: Scores = last - (counts - 1) / 2
    return means[positions]


def dense_ranks(*keys: Scores) -> Scores:
    """Return ranks from 1 without gaps of a lexicographic order; equal tuples share a rank.

    Args:
        *keys: The criteria, the most important first.

    Raises:
        DataError: A value is not finite, so it has no rank.
    """
    rows = np.stack([_finite(key) for key in keys], axis=1)
    _, positions = np.unique(rows, axis=0, return_inverse=True)
    return positions.reshape(-1).astype(np.float64) + 1


def sum_of_ranks(criteria: Sequence[Scores]) -> Scores:
    """Return the sum of average ranks."""
    total: Scores = np.sum([average_ranks(criterion) for criterion in criteria], axis=0)
    return total


def sum_of_log_ranks(criteria: Sequence[Scores]) -> Scores:
    """Return the sum of ``log(rank / n)`` of average ranks: at most 0, which is best in all.

    One bad rank weighs more than it does in a sum of ranks.
    """
    total: Scores = np.sum(
        [np.log(average_ranks(criterion) / len(criterion)) for criterion in criteria], axis=0
    )
    return total


def majority_margins(criteria: Sequence[Scores]) -> Scores:
    """Return how many architectures each one beats by majority, less how many beat it.

    One architecture beats another when more criteria prefer it than prefer the other. A majority
    can run in a circle (a beats b, b beats c, c beats a); the margins then tie. Takes time
    proportional to n squared.
    """
    ranks = np.stack([average_ranks(criterion) for criterion in criteria])
    margins = np.empty(ranks.shape[1])
    for start in range(0, ranks.shape[1], _BLOCK):
        own = ranks[:, start : start + _BLOCK, np.newaxis]
        preferences = np.sign(own - ranks[:, np.newaxis, :]).sum(axis=0)
        margins[start : start + _BLOCK] = np.sign(preferences).sum(axis=1)
    return margins


def _finite(values: Scores) -> Scores:
    array = np.asarray(values, dtype=np.float64)
    if not np.isfinite(array).all():
        place = int(np.flatnonzero(~np.isfinite(array))[0])
        raise DataError(
            f"value {array[place]} at position {place} has no rank; aggregate scored "
            "architectures alone"
        )
    return array
