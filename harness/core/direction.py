"""Which values are better: of a plugin's scores, of a metric or of a ground truth."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["Direction"]

Values = TypeVar("Values", float, "NDArray[np.float64]")


class Direction(StrEnum):
    """Which values are better."""

    HIGHER = "higher"
    LOWER = "lower"

    def orient(self, values: Values) -> Values:
        """Return a number or an array negated where lower is better, so that higher is better.

        Twice gives the values back.
        """
        return values if self is Direction.HIGHER else -values
