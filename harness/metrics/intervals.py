"""Percentile intervals of a bootstrap distribution, and intervals of a mean of few values."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from harness.core.errors import UsageError
from harness.metrics.metric import Range
from harness.metrics.replicates import Replicates
from harness.metrics.values import Defined, FloatArray, Undefined, Value

__all__ = ["Interval", "mean_interval", "percentile_interval", "standard_error"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """An interval that is meant to cover the value with probability `level`."""

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


def mean_interval(values: FloatArray, bounds: Range, level: float = 0.95) -> Interval:
    """Return an interval of the mean of repeated values; it never leaves their range.

    Where the range is finite, the t interval is taken of the logit of the mean's place in it
    (for correlations, Fisher's z of the mean) by the delta method, and transformed back: it holds
    the mean, and covers at least as often as the t interval, which is too short towards the wide
    side of a skewed distribution. Otherwise it is the t interval, cut off at a finite end. Values
    that are all equal have an interval without width.

    Args:
        values: Shape ``(n,)`` of at least two, within `bounds`.
        bounds: Lowest and highest possible value.
        level: Level of the interval.
    """
    from scipy.special import expit, logit, stdtrit

    n, mean = len(values), float(values.mean())
    half = float(stdtrit(n - 1, (1 + level) / 2) * values.std(ddof=1) / np.sqrt(n))
    ends = np.array([mean - half, mean + half])
    width = bounds.high - bounds.low
    share = (mean - bounds.low) / width
    if np.isfinite(width) and 0 < share < 1:
        step = half / width / (share * (1 - share))
        ends = bounds.low + width * expit(logit(share) + np.array([-step, step]))
    low, high = np.clip(ends, bounds.low, bounds.high)
    return Interval(low=float(low), high=float(high), level=level)


def standard_error(replicates: Replicates) -> Value:
    """Return the standard deviation of a bootstrap distribution, over its defined values."""
    if replicates.values.size < 2:
        return Undefined(reason=f"{replicates.values.size} resamples have a value; two are needed")
    return Defined(value=float(np.std(replicates.values, ddof=1)))
