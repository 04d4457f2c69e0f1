"""Units of ground truth and the numbers that they allow."""

from __future__ import annotations

import math
from enum import StrEnum

__all__ = ["Unit", "bounds", "limits"]


class Unit(StrEnum):
    """What a value counts."""

    PERCENT = "percent"
    FRACTION = "fraction"
    SSIM = "ssim"
    NEGATIVE_LOSS = "negative loss"
    CORRELATION = "correlation"
    NATS = "nats"
    PERPLEXITY = "perplexity"
    SECONDS = "seconds"
    MILLISECONDS = "milliseconds"
    MILLIJOULES = "millijoules"
    IMAGES_PER_SECOND = "images per second"
    NUMBER = "number"


_LARGEST = 1e150
"""Of larger numbers metrics cannot be computed, which square and sum differences of two."""

_LIMITS = {
    Unit.PERCENT: (0.0, 100.0),
    Unit.FRACTION: (0.0, 1.0),
    Unit.SSIM: (-1.0, 1.0),
    Unit.NEGATIVE_LOSS: (-_LARGEST, 0.0),
    Unit.CORRELATION: (-1.0, 1.0),
    Unit.NATS: (0.0, _LARGEST),
    Unit.PERPLEXITY: (1.0, _LARGEST),
    Unit.SECONDS: (0.0, _LARGEST),
    Unit.MILLISECONDS: (0.0, _LARGEST),
    Unit.MILLIJOULES: (0.0, _LARGEST),
    Unit.IMAGES_PER_SECOND: (0.0, _LARGEST),
    Unit.NUMBER: (-_LARGEST, _LARGEST),
}


def limits(unit: Unit) -> tuple[float, float]:
    """Return the lowest and the highest value of a unit, both allowed."""
    return _LIMITS[unit]


def bounds(unit: Unit) -> tuple[float, float]:
    """Return the lowest and the highest value that a unit can have, infinite where it has none."""
    low, high = _LIMITS[unit]
    return (-math.inf if low == -_LARGEST else low, math.inf if high == _LARGEST else high)
