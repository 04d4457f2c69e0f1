"""Whether two sets of numbers can be those of one plugin in one version: the one rule for that.

The same arithmetic gives the same digits, so there every number has to agree. Another processor or
another torch rounds differently; there numbers and ranks have to agree within what the plugin
states of its stability. An archive is held to it by every run, and a run by the gate.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from harness.metrics import Defined, Sample, Value, find_metric, measure
from harness.metrics.values import FloatArray
from harness.plugin import Stability

__all__ = ["HERE", "Agreement", "compare_numbers", "limits"]

HERE = 5e-4
"""Largest relative difference of a score, and of one less a Spearman correlation of old and new
scores, under one arithmetic."""

_ENOUGH = 10
"""Numbers from which on their median and their ranks are judged too."""

_ROUNDING = 1e-12


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """How new numbers differ from old ones.

    Attributes:
        differ: Numbers that are not the same to the last digit.
        n: All of them.
        median, largest: Relative difference, 0 to 2.
        row: Which differs most; -1 where there is none.
        correlation: Spearman correlation of new and old numbers.
    """

    differ: int
    n: int
    median: float
    largest: float
    row: int
    correlation: Value

    @property
    def numbers(self) -> dict[str, float]:
        """What the words rest on."""
        return {
            "differ": self.differ,
            "n": self.n,
            "median": self.median,
            "largest": self.largest,
        }

    def text(self, column: str = "") -> str:
        """Return the difference in words.

        Args:
            column: What the numbers are, where they are not the scores.
        """
        of = f" of {column}" if column else ""
        ranks = (
            f", Spearman with the old ones {self.correlation.value:.5f}"
            if isinstance(self.correlation, Defined)
            else ""
        )
        return (
            f"{self.differ} of {self.n} scores{of} differ, relative difference "
            f"{self.median:.1e} in the median and {self.largest:.1e} at most{ranks}"
        )

    def exceeds(self, limit: Stability) -> bool:
        """Tell whether the difference is more than rounding can explain."""
        if self.largest > limit.score:
            return True
        if self.n < _ENOUGH:
            return False
        if self.median > limit.median:
            return True
        if not isinstance(self.correlation, Defined):
            return False
        # A score of a large constant and a small varying part shows a change in its ranks alone.
        # Two neighbours that nearly tie may always swap: of n ranks that is 12 / (n^3 - n).
        swap = 12 / (self.n**3 - self.n) + _ROUNDING
        return 1 - self.correlation.value > max(limit.spearman, swap)


def compare_numbers(old: FloatArray, new: FloatArray) -> Agreement:
    """Compare finite numbers of shape ``(n,)``, row by row."""
    difference = _relative(old, new)
    return Agreement(
        differ=int((old != new).sum()),
        n=old.size,
        median=float(np.median(difference)) if old.size else 0.0,
        largest=float(difference.max(initial=0.0)),
        row=int(difference.argmax()) if old.size else -1,
        correlation=measure(find_metric("spearman"), Sample(scores=new, truth=old)),
    )


def limits(stated: Stability, *, exact: bool, here: float = HERE) -> Stability:
    """Return how much numbers of one plugin in one version may differ.

    Args:
        stated: What the plugin states of its stability between machines.
        exact: Whether both sides were computed by one arithmetic.
        here: What is allowed then.
    """
    if exact:
        return Stability(score=here, median=here, spearman=here)
    return stated.at_least(here)


def _relative(old: FloatArray, new: FloatArray) -> FloatArray:
    # Divided before subtracting: the difference of two large scores may overflow.
    scale = np.maximum(np.abs(old), np.abs(new))
    scale[scale == 0] = 1.0
    return np.abs(new / scale - old / scale)
