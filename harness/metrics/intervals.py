"""Intervals of bootstrap distributions, of their paired differences, and of means of few values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from harness.core.errors import UsageError
from harness.metrics.metric import Range
from harness.metrics.replicates import Replicates
from harness.metrics.values import Defined, Estimate, FloatArray, Interval, Undefined, Value

__all__ = [
    "FEWEST",
    "TOO_FEW",
    "Difference",
    "central",
    "central_of_means",
    "estimate_mean",
    "mean_error",
    "mean_interval",
    "paired_difference",
    "percentile_interval",
    "standard_error",
]


FEWEST = 10
"""Architectures that an interval needs: of 9 and fewer those of a bootstrap are too narrow.

At a rank correlation of .95 an interval of 95 % holds it in 42, 62, 76, 85 and 92 % of samples of
4 to 8 architectures without ties, since many of these are ranked perfectly and so are all their
resamples; of 10 and more it holds it in 92 % or more (docs/reports/intervals.md).
"""
TOO_FEW = Undefined(reason=f"fewer than {FEWEST} architectures")
"""What stands in place of such an interval."""


def percentile_interval(replicates: Replicates, level: float = 0.95) -> Interval | Undefined:
    """Return the central `level` of a bootstrap distribution.

    Returns:
        An `Interval`, or `Undefined` where there are fewer than `FEWEST` architectures, or more
        than the share 1 - `level` of the resamples has no value: the interval would then speak only
        of the resamples that happen to have one.
    """
    if not 0 < level < 1:
        raise UsageError(f"level {level} of an interval is not between 0 and 1.")
    if replicates.n < FEWEST:
        return TOO_FEW
    if replicates.undefined > (1 - level) * len(replicates) or not replicates.values.size:
        return Undefined(
            reason=f"no value on {replicates.undefined} of {len(replicates)} resamples"
        )
    return central(replicates.values, level)


def central(values: FloatArray, level: float) -> Interval:
    """Return the interval between the tails of (1 - `level`) / 2 each."""
    low, high = np.quantile(values, [(1 - level) / 2, (1 + level) / 2])
    return Interval(low=float(low), high=float(high), level=level)


def central_of_means(means: FloatArray, n: int, level: float = 0.95) -> Interval:
    """Return the expanded percentile interval of a bootstrap distribution of means of few units.

    The percentiles of a bootstrap of means of n normal values reach 1.96 sqrt((n - 1) / n) standard
    errors, where Student's t asks for more: 85 % of intervals of 95 % hold the mean of five, and
    92 % that of thirteen. The tails are narrowed until they reach as far (Hesterberg, What Teachers
    Should Know About the Bootstrap, The American Statistician 69, 2015).

    Args:
        means: Shape ``(B,)``: means of resampled units.
        n: Number of units that were resampled, at least two.
        level: Level of the interval.
    """
    from scipy.special import ndtr, stdtrit

    reach = np.sqrt(n / (n - 1)) * stdtrit(n - 1, (1 + level) / 2)
    interval = central(means, float(2 * ndtr(reach) - 1))
    return Interval(low=interval.low, high=interval.high, level=level)


def mean_interval(
    values: FloatArray, bounds: Range, level: float = 0.95, overlap: float = 0.0
) -> Interval:
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
        overlap: As for `mean_error`.
    """
    from scipy.special import expit, logit, stdtrit

    n, mean = len(values), float(values.mean())
    root = np.sqrt(_independent(n, overlap))
    half = float(stdtrit(n - 1, (1 + level) / 2) * values.std(ddof=1) / root)
    ends = np.array([mean - half, mean + half])
    width = bounds.high - bounds.low
    share = (mean - bounds.low) / width
    if np.isfinite(width) and 0 < share < 1:
        step = half / width / (share * (1 - share))
        ends = bounds.low + width * expit(logit(share) + np.array([-step, step]))
    low, high = np.clip(ends, bounds.low, bounds.high)
    return Interval(low=float(low), high=float(high), level=level)


def mean_error(values: FloatArray, overlap: float = 0.0) -> float:
    """Return the standard error of the mean of repeated values.

    Args:
        values: Shape ``(n,)`` of at least two.
        overlap: Of repeats that share data, as the folds of repeated cross-validation do: size of
            a held-out set over that of the set that was learnt from (Nadeau and Bengio 2003).
            Then more repeats do not make the error arbitrarily small. 0 for independent repeats.
    """
    return float(values.std(ddof=1) / np.sqrt(_independent(len(values), overlap)))


def _independent(n: int, overlap: float) -> float:
    """Return how many independent repeats would give as good a mean."""
    return n / (1 + n * overlap)


def estimate_mean(values: Sequence[Value], bounds: Range, overlap: float = 0.0) -> Estimate:
    """Return the mean of repeats with a 95% interval that stays within `bounds`.

    An interval needs two repeats; `overlap` is as for `mean_error`.
    """
    failed = [value for value in values if isinstance(value, Undefined)]
    if failed:
        reason = f"{len(failed)} of {len(values)} repeats have no value: {failed[0].reason}"
        return Estimate(value=Undefined(reason=reason), interval=Undefined(reason=reason))
    numbers = np.array([value.value for value in values if isinstance(value, Defined)])
    mean = Defined(value=float(numbers.mean()))
    if len(numbers) < 2:
        return Estimate(value=mean, interval=Undefined(reason="one repeat has no spread"))
    return Estimate(value=mean, interval=mean_interval(numbers, bounds, overlap=overlap))


def standard_error(replicates: Replicates) -> Value:
    """Return the standard deviation of a bootstrap distribution, over its defined values."""
    if replicates.values.size < 2:
        return Undefined(reason=f"{replicates.values.size} resamples have a value; two are needed")
    return Defined(value=float(np.std(replicates.values, ddof=1)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """First less second, in the unit of the metric.

    Attributes:
        value: On the whole sample. Positive is better only for metrics that are better higher.
        interval: Of the paired differences on resamples.
        p_value: Two-sided, in (0, 1]: twice the smaller of the shares of resamples in which the
            difference is at most, and at least, zero; each share counts the sample itself as one
            resample more, so that no finite number of resamples gives zero.
    """

    value: float
    interval: Interval
    p_value: float


def paired_difference(
    value: float, first: Replicates, second: Replicates, level: float = 0.95
) -> Difference | Undefined:
    """Summarise two bootstrap distributions that come from the same resamples.

    Args:
        value: First less second on the whole sample.
        first: Replicates of the first.
        second: Replicates of the second.
        level: Level of the interval.

    Returns:
        A `Difference`, or `Undefined` where there are fewer than `FEWEST` architectures, or more
        than the share 1 - `level` of the resamples lacks one of the two values.
    """
    if len(first) != len(second) or not 0 < level < 1:
        raise UsageError(
            f"{len(first)} and {len(second)} resamples at level {level} cannot be compared."
        )
    if min(first.n, second.n) < FEWEST:
        return TOO_FEW
    both = first.defined & second.defined
    missing = len(first) - int(both.sum())
    if missing > (1 - level) * len(first) or not both.any():
        return Undefined(reason=f"no difference on {missing} of {len(first)} resamples")
    differences = first.at(both) - second.at(both)
    fewer = min(int((differences <= 0).sum()), int((differences >= 0).sum()))
    return Difference(
        value=value,
        interval=central(differences, level),
        p_value=min(1.0, 2 * (1 + fewer) / (1 + differences.size)),
    )
