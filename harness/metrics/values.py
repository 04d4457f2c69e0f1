"""What a metric says of a sample: a number with its interval, or the reason why there is none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

__all__ = [
    "BoolArray",
    "Counts",
    "Defined",
    "Estimate",
    "FloatArray",
    "IntArray",
    "Interval",
    "Undefined",
    "Value",
]

FloatArray: TypeAlias = npt.NDArray[np.float64]
IntArray: TypeAlias = npt.NDArray[np.int64]
BoolArray: TypeAlias = npt.NDArray[np.bool_]
Counts: TypeAlias = npt.NDArray[np.uint16]


@dataclass(frozen=True, slots=True, kw_only=True)
class Defined:
    """A metric that has a finite value."""

    value: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Undefined:
    """A metric that has no value, e.g. a correlation with constant scores.

    Attributes:
        reason: Why.
        brief: What a narrow cell says.
    """

    reason: str
    brief: str = "undefined"


Value: TypeAlias = Defined | Undefined


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """An interval that is meant to cover the value with probability `level`."""

    low: float
    high: float
    level: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """A value and its interval; either may be undefined, the interval for a reason of its own."""

    value: Value
    interval: Interval | Undefined
