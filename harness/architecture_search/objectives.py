"""Several objectives of one search: the value that is queried, and figures known beforehand.

Latency, energy or parameters of every architecture stand in a table before anything is trained, so
a query buys the value alone. What a search has come to is the hypervolume of all that it queried,
and which points of the table's Pareto front are among that.

The hypervolume is measured after every objective is scaled so that the front of the table reaches
from 0, its worst value on the front, to 1, its best. The reference point is -0.1 in every
objective, as usual (Ishibuchi et al. 2018, doi 10.1162/evco_a_00226): the ends of the front count,
and what is far worse than the whole front does not.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from harness.core.direction import Direction
from harness.core.errors import UsageError
from harness.metrics.fronts import front_of, hypervolume, hypervolume_path, point_numbers
from harness.metrics.values import BoolArray, FloatArray, IntArray

__all__ = ["Objective", "Objectives", "PredictedFront", "predict_front"]

_BELOW = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class Objective:
    """One objective.

    Attributes:
        name: The task, or the figure.
        unit: Of its values.
        direction: Which values are better.
    """

    name: str
    unit: str
    direction: Direction

    def __str__(self) -> str:
        return f"{self.name} ({self.unit}, {self.direction} is better)"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Objectives:
    """All objectives of all architectures of a table.

    Attributes:
        names: What each is, the queried value first.
        values: Shape ``(n, m)``, higher is better, finite.
        front: Shape ``(n,)``: which architectures lie on the Pareto front of the table.
        points: Shape ``(n,)``: number of their point on it, equal for equal values; -1 for others.
        volume: Hypervolume of the front.

    Raises:
        UsageError: An objective is the same for all architectures.
    """

    names: tuple[Objective, ...]
    values: FloatArray
    front: BoolArray = field(init=False)
    points: IntArray = field(init=False)
    volume: float = field(init=False)
    _scaled: FloatArray = field(init=False)

    def __post_init__(self) -> None:
        for objective, column in zip(self.names, self.values.T, strict=True):
            if not np.ptp(column) > 0:
                raise UsageError(
                    f"{objective.name} is {column[0] + 0.0:g} for all {column.size} architectures, "
                    "so it is no objective; leave --against out, or widen the limits"
                )
        front = front_of(self.values)
        low, high = self.values[front].min(axis=0), self.values[front].max(axis=0)
        # Where all of the front share a value, the table's extent is the scale.
        extent = np.where(high > low, high - low, np.ptp(self.values, axis=0))
        scaled = (self.values - low) / extent + _BELOW
        object.__setattr__(self, "front", front)
        object.__setattr__(self, "points", point_numbers(self.values, front))
        object.__setattr__(self, "_scaled", scaled)
        object.__setattr__(self, "volume", hypervolume(scaled[front], self._reference))

    @property
    def known(self) -> FloatArray:
        """Shape ``(n, m - 1)``: what is known of every architecture before it is queried."""
        return self.values[:, 1:]

    @property
    def size(self) -> int:
        """Number of different points on the front."""
        return int(self.points.max()) + 1

    @property
    def _reference(self) -> FloatArray:
        return np.zeros(len(self.names))

    def regrets(self, numbers: IntArray) -> FloatArray:
        """Return the share of the front's hypervolume that is lacking after each query.

        Args:
            numbers: Shape ``(queries,)``: architectures in the order in which they were queried.
        """
        lacking = 1 - hypervolume_path(self._scaled[numbers], self._reference) / self.volume
        return np.maximum(lacking, 0.0)

    def hits(self, numbers: IntArray) -> BoolArray:
        """Say of each point of the front, by its number, whether it was queried."""
        queried = np.zeros(self.size, dtype=np.bool_)
        points = self.points[numbers]
        queried[points[points >= 0]] = True
        return queried


@dataclass(frozen=True, slots=True, kw_only=True)
class PredictedFront:
    """The Pareto front by a guide's scores in place of the values, and what training it yields.

    Attributes:
        guide: Name of the guide.
        size: Number of architectures on it.
        found: Share of the points of the table's front that are among them.
        lacking: Share of the hypervolume of the table's front that is lacking then.
    """

    guide: str
    size: int
    found: float
    lacking: float


def predict_front(objectives: Objectives, guide: str, scores: FloatArray) -> PredictedFront:
    """Return the front of scores and what is known beforehand.

    Args:
        objectives: All objectives.
        guide: Name of the guide.
        scores: Shape ``(n,)``, higher is better; minus infinity, which is left out, where there is
            none.
    """
    scored = np.flatnonzero(scores > -np.inf)
    points = np.column_stack([scores[scored], objectives.known[scored]])
    front = scored[front_of(points)]
    return PredictedFront(
        guide=guide,
        size=front.size,
        found=float(objectives.hits(front).mean()),
        lacking=float(objectives.regrets(front)[-1]),
    )
