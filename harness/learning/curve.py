"""Sample-efficiency curves: a metric against the number of labels, over repeated draws.

The interval at a size is that of the mean over repeats (`harness.metrics.mean_interval`): it
speaks of the draws of labels, on this evaluation population, and not of other architectures or
tasks. Where the draws are a large part of the task's architectures they overlap, and the interval
is too narrow.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from harness.metrics import UNBOUNDED, Defined, Estimate, Undefined, Value, estimate_mean

__all__ = [
    "AlreadyReached",
    "Curve",
    "Needed",
    "NotReached",
    "Point",
    "Reached",
    "area",
    "differences",
    "needed",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """A curve at one number of labels.

    Attributes:
        labels: Number of labels.
        repeats: Value of each repeat.
        mean: Their mean.
        fit_s: Median seconds of a fit; of predicting the whole evaluation population, `predict_s`.
            Absent where no fit succeeded.
    """

    labels: int
    repeats: tuple[Value, ...]
    mean: Estimate
    fit_s: float | None
    predict_s: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """The mean curve passes the level between two sizes, at so many labels."""

    labels: float


@dataclass(frozen=True, slots=True, kw_only=True)
class AlreadyReached:
    """The smallest draw, of so many labels, suffices; fewer may."""

    labels: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NotReached:
    """The largest draw, of so many labels, does not suffice."""

    labels: int


Needed: TypeAlias = Reached | AlreadyReached | NotReached | Undefined


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """One predictor on one task by one metric.

    Attributes:
        points: By ascending number of labels.
        area: Mean height over the logarithm of the number of labels, over repeats; undefined with
            fewer than two sizes.
        needed: Labels that the mean curve needs to reach the level of `level`.
    """

    predictor: str
    metric: str
    points: tuple[Point, ...]
    area: Estimate
    needed: Needed
    level: float


def area(sizes: Sequence[int], heights: Sequence[Value]) -> Value:
    """Return the area under one curve over the logarithm of its sizes, over their span.

    A curve that is c everywhere has the area c. The trapezium rule is used.
    """
    if len(sizes) < 2:
        return Undefined(reason="an area needs two numbers of labels")
    numbers = np.array([height.value for height in heights if isinstance(height, Defined)])
    if len(numbers) < len(heights):
        return Undefined(reason="a size has no value")
    steps = np.diff(np.log(np.asarray(sizes, dtype=np.float64)))
    surface = float(((numbers[1:] + numbers[:-1]) / 2 * steps).sum())
    return Defined(value=surface / float(steps.sum()))


def needed(sizes: Sequence[int], means: Sequence[Value], level: float) -> Needed:
    """Return how many labels a mean curve needs to reach a level for the first time.

    Between two sizes the curve is a line over the logarithm of the number of labels.
    """
    heights = [mean.value for mean in means if isinstance(mean, Defined)]
    if len(heights) < len(means):
        return Undefined(reason="a size has no value")
    if heights[0] >= level:
        return AlreadyReached(labels=sizes[0])
    for index in range(1, len(sizes)):
        if heights[index] >= level:
            share = (level - heights[index - 1]) / (heights[index] - heights[index - 1])
            ends = np.log([sizes[index - 1], sizes[index]])
            return Reached(labels=float(np.exp(ends[0] + share * (ends[1] - ends[0]))))
    return NotReached(labels=sizes[-1])


def differences(curve: Curve, reference: Curve) -> tuple[Estimate, ...]:
    """Return at every size how much higher a curve is than another of the same draws.

    From one draw both often rank better than from another, so the interval of the mean difference
    tells them apart where the intervals of both means overlap.
    """
    return tuple(
        estimate_mean(
            [_less(*pair) for pair in zip(point.repeats, other.repeats, strict=True)], UNBOUNDED
        )
        for point, other in zip(curve.points, reference.points, strict=True)
    )


def _less(value: Value, reference: Value) -> Value:
    if isinstance(value, Undefined):
        return value
    if isinstance(reference, Undefined):
        return reference
    return Defined(value=value.value - reference.value)
