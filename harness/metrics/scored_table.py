"""One table of scores and truth, and means over tables in which spaces weigh alike."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeAlias

import numpy as np

from harness.core.aggregation import Criteria, rank_correlations
from harness.core.deferred import Deferred
from harness.metrics.intervals import central_of_means
from harness.metrics.many_tasks import FEWEST_UNITS, mean_weights, resampled_weights
from harness.metrics.values import Defined, Estimate, FloatArray, Undefined

__all__ = ["ScoredTable", "Weights", "estimate_over_kin", "over_kin"]

_LEAST = 0.95
"""Share of the networks of a table that a member has scored."""

Weights: TypeAlias = Mapping[str, float]
"""Members of a combination with their weights, above 0."""


@dataclass(frozen=True, kw_only=True, eq=False)
class ScoredTable:
    """What proxies say of ``n`` networks, and what is true of them.

    Attributes:
        task: Name of the ground truth.
        space: Name of the space.
        kin: What is held out together: the space, or spaces that share networks.
        architectures: Texts of the networks, length ``n``; no two are identical.
        truth: Shape ``(n,)``, higher is better.
        scores: By proxy, shape ``(n,)``, higher is better; NaN where there is none.
        traced: By name, numbers of the traced networks that mean the same in every space, shape
            ``(n,)``; none where networks are not traced.
    """

    task: str
    space: str
    kin: str
    architectures: tuple[str, ...]
    truth: FloatArray
    scores: Mapping[str, FloatArray]
    traced: Deferred[Mapping[str, FloatArray]] = field(default_factory=lambda: Deferred(dict))

    @cached_property
    def members(self) -> tuple[str, ...]:
        """Proxies with scores of `_LEAST` of the networks, and more than one value."""
        return tuple(
            name
            for name, values in sorted(self.scores.items())
            if np.isfinite(values).mean() >= _LEAST
            and np.unique(values[np.isfinite(values)]).size > 1
        )

    @cached_property
    def row(self) -> Mapping[str, int]:
        """Row of each member in the arrays below."""
        return {name: row for row, name in enumerate(self.members)}

    @cached_property
    def criteria(self) -> Criteria:
        """The members' log ranks, row by row."""
        return Criteria.of([self.scores[name] for name in self.members])

    @cached_property
    def values(self) -> Mapping[str, float]:
        """Spearman's correlation of each member with the truth, over what it scored."""
        values = {}
        for name, known in zip(self.members, self.criteria.known, strict=True):
            values[name] = float(rank_correlations(self.scores[name][known], self.truth[known]))
        return values

    @cached_property
    def agreement(self) -> FloatArray:
        """Spearman's correlation of every two members, shape ``(members, members)``.

        Each over the networks that both have scored.
        """
        pairs = list(zip(self.criteria.log_ranks, self.criteria.known, strict=True))
        return np.array(
            [
                [float(rank_correlations(a[in_a & in_b], b[in_a & in_b])) for b, in_b in pairs]
                for a, in_a in pairs
            ]
        )

    def row_weights(self, weights: Weights) -> FloatArray:
        """Return the weight of each member here, shape ``(members,)``."""
        return np.array([weights.get(name, 0.0) for name in self.members])

    def value(self, weights: Weights) -> float:
        """Return Spearman's correlation of a combination with the truth; 0 of nothing."""
        mean = self.criteria.mean(self.row_weights(weights))
        return float(rank_correlations(mean, self.truth))


def over_kin(tables: Sequence[ScoredTable], values: Sequence[float]) -> float:
    """Return the mean over spaces, tables of one space sharing a weight."""
    by_kin: dict[str, list[float]] = {}
    for table, value in zip(tables, values, strict=True):
        by_kin.setdefault(table.kin, []).append(value)
    return float(np.mean([np.mean(own) for own in by_kin.values()]))


def estimate_over_kin(
    kin: Sequence[str], values: FloatArray, resamples: int, seed: int
) -> Estimate:
    """Return the mean over spaces with its 95 % interval, which resamples spaces.

    Args:
        kin: Which space each of `values` is of, shape ``(t,)``.
        values: Shape ``(t,)``, finite.
        resamples: Number of resamples.
        seed: Seed of these.
    """
    value = Defined(value=float(mean_weights(kin) @ values))
    different = len(set(kin))
    if different < FEWEST_UNITS:
        few = f"{different} spaces are too few to resample; {FEWEST_UNITS} are needed"
        return Estimate(value=value, interval=Undefined(reason=few))
    drawn = resampled_weights(kin, resamples, seed)
    return Estimate(value=value, interval=central_of_means((drawn * values).sum(axis=1), different))
