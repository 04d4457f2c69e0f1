"""Places among rivals: 1 for the best, and the mean of the places for those that tie."""

from __future__ import annotations

import numpy as np

from harness.core.errors import UsageError
from harness.metrics.intervals import Interval
from harness.metrics.values import FloatArray

__all__ = ["place_interval", "places"]


def places(values: FloatArray) -> FloatArray:
    """Return the place of each value within its row, the highest value first.

    Args:
        values: Shape (..., p). Minus infinity comes last: it stands for no value.

    Returns:
        Shape (..., p), from 1 to p; each row sums to p (p + 1) / 2.

    Raises:
        UsageError: A value is not a number.
    """
    if np.isnan(values).any():
        raise UsageError("a value that is not a number has no place; leave it out.")
    result = np.empty_like(values, dtype=np.float64)
    for column in range(values.shape[-1]):
        own = values[..., column, None]
        above = (values > own).sum(axis=-1)
        equal = (values == own).sum(axis=-1)
        result[..., column] = above + (equal + 1) / 2
    return result


def place_interval(replicates: FloatArray, level: float) -> Interval:
    """Return the central `level` of replicated places, shape (B,).

    Its ends are places that occurred: they are rounded outwards and not interpolated, since
    nothing can stand between the second place and the third.
    """
    tail = (1 - level) / 2
    return Interval(
        low=float(np.quantile(replicates, tail, method="lower")),
        high=float(np.quantile(replicates, 1 - tail, method="higher")),
        level=level,
    )
