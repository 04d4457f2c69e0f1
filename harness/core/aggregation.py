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
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from harness.core.errors import DataError
from harness.core.numbers import is_complex

__all__ = [
    "Criteria",
    "Scores",
    "average_ranks",
    "dense_ranks",
    "majority_margins",
    "rank_correlations",
    "sum_of_log_ranks",
    "sum_of_ranks",
]

Scores = NDArray[np.float64]

_BLOCK = 256
"""Architectures compared with all others at a time, so that memory grows with n, not n squared."""


def average_ranks(values: Scores) -> Scores:
    """Return ranks from 1 (smallest) to n; ties share the mean of the ranks that they cover.

    Args:
        values: Shape ``(..., n)``; each last axis is ranked by itself.

    Raises:
        DataError: A value is complex or not finite, so it has no rank.
    """
    order = np.argsort(_finite(values), axis=-1)
    in_order = np.take_along_axis(values, order, axis=-1)
    ranks = np.empty(values.shape)
    if (in_order[..., 1:] != in_order[..., :-1]).all():
        places = np.broadcast_to(np.arange(1.0, values.shape[-1] + 1), values.shape)
        np.put_along_axis(ranks, order, places, axis=-1)
        return ranks
    for row in np.ndindex(values.shape[:-1]):
        _, positions, counts = np.unique(values[row], return_inverse=True, return_counts=True)
        ranks[row] = (np.cumsum(counts) - (counts - 1) / 2)[positions]
    return ranks


def rank_correlations(scores: Scores, truth: Scores) -> Scores:
    """Return Spearman's correlation of rows with a vector, 0 where either is constant.

    Args:
        scores: Shape ``(..., n)``.
        truth: Shape ``(n,)``.

    Returns:
        Shape ``(...)``, between -1 and 1.

    Raises:
        DataError: A value is not finite.
    """
    rows, target = average_ranks(scores), average_ranks(truth)
    rows = rows - rows.mean(axis=-1, keepdims=True)
    target = target - target.mean()
    norms = np.sqrt((rows**2).sum(axis=-1) * (target**2).sum())
    result: Scores = np.divide(rows @ target, norms, out=np.zeros_like(norms), where=norms > 0)
    return result


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Criteria:
    """Log ranks of ``n`` architectures by ``m`` criteria, of which some may lack some.

    Attributes:
        log_ranks: Shape ``(m, n)``: log(rank / n) among those that a criterion knows, at most 0;
            0 where it does not know one.
        known: Shape ``(m, n)``: which it knows.
    """

    log_ranks: Scores
    known: NDArray[np.bool_]

    @classmethod
    def of(cls, scores: Sequence[Scores]) -> Criteria:
        """Rank by each of the scores, shape ``(n,)``, larger meaning better; NaN is not known."""
        known = np.isfinite(np.stack(scores))
        log_ranks = np.zeros(known.shape)
        for row, values in enumerate(scores):
            own = known[row]
            log_ranks[row, own] = np.log(average_ranks(values[own]) / own.sum())
        return cls(log_ranks=log_ranks, known=known)

    def mean(self, weights: Scores) -> Scores:
        """Return the weighted mean of the log ranks that are known, shape ``(n,)``; 0 of none."""
        total, share = weights @ self.log_ranks, weights @ self.known
        result: Scores = np.divide(total, share, out=np.zeros_like(total), where=share > 0)
        return result

    def agreeing(self, weights: Scores) -> Scores:
        """Return the weights, 0 for each criterion that contradicts the mean of the others.

        It does where Spearman's correlation of the two is negative. All stay if all would go, and
        one alone has nothing to contradict.
        """
        if np.count_nonzero(weights) < 2:
            return weights
        kept = weights.copy()
        for row in np.flatnonzero(weights):
            rest = weights.copy()
            rest[row] = 0.0
            own = self.known[row]
            if rank_correlations(self.log_ranks[row, own], self.mean(rest)[own]) < 0:
                kept[row] = 0.0
        return kept if kept.any() else weights


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
    if is_complex(values):
        raise DataError("complex values have no rank; aggregate their real parts or sizes")
    array = np.asarray(values, dtype=np.float64)
    if not np.isfinite(array).all():
        place = int(np.flatnonzero(~np.isfinite(array))[0])
        raise DataError(
            f"value {array[place]} at position {place} has no rank; aggregate scored "
            "architectures alone"
        )
    return array
