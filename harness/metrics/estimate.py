"""A value with its interval: what every table of results is made of."""

from __future__ import annotations

from dataclasses import dataclass

from harness.metrics.intervals import Interval
from harness.metrics.values import Undefined, Value

__all__ = ["Estimate"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """A value that was measured, with its interval; either may be undefined, and says why."""

    value: Value
    interval: Interval | Undefined
