"""Percentile intervals and standard errors of a bootstrap distribution."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from harness.core.errors import UsageError
from harness.metrics.replicates import Replicates
from harness.metrics.values import Defined, FloatArray, Undefined, Value

__all__ = ["Interval", "percentile_interval", "standard_error"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """A percentile interval that is meant to cover the value with probability `level`."""

    low: float
    high: float
    level: float


def percentile_interval(replicates: Replicates, level: float = 0.95) -> Interval | Undefined:
    """Return the central `level` of a bootstrap distribution.

    Returns:
        An `Interval`, or `Undefined` where more than the share 1 - `level` of the resamples has no
        value: the interval would then speak only of the resamples that happen to have one.
    """
    if not 0 < level < 1:
        raise UsageError(f"level {level} of an interval is not between 0 and 1.")
    if replicates.undefined > (1 - level) * len(replicates) or not replicates.values.size:
        return Undefined(
            reason=f"no value on {replicates.undefined} of {len(replicates)} resamples"
        )
    return central(replicates.values, level)


def central(values: FloatArray, level: float) -> Interval:
    """Return the interval between the tails of (1 - `level`) / 2 each."""
    low, high = np.quantile(values, [(1 - level) / 2, (1 + level) / 2])
    return Interval(low=float(low), high=float(high), level=level)


def standard_error(replicates: Replicates) -> Value:
    """Return the standard deviation of a bootstrap distribution, over its defined values."""
    if replicates.values.size < 2:
        return Undefined(reason=f"{replicates.values.size} resamples have a value; two are needed")
    return Defined(value=float(np.std(replicates.values, ddof=1)))
