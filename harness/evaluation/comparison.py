"""What a comparison of two plugins on one task finds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from harness.evaluation.leaderboard import Measured
from harness.metrics.comparison import Difference
from harness.metrics.values import Undefined, Value

__all__ = ["Comparison", "Contrast", "CostRatio", "Disagreement"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Contrast:
    """One metric of both, on the architectures that both scored.

    Attributes:
        difference: First less second, by paired resamples.
        p_adjusted: Its p value after Holm's correction for all contrasts shown together.
    """

    metric: str
    first: Measured
    second: Measured
    difference: Difference | Undefined
    p_adjusted: Value


@dataclass(frozen=True, slots=True, kw_only=True)
class Disagreement:
    """An architecture that the two place differently.

    Attributes:
        first: Its place by the first's scores among the common architectures, 1 for the highest.
        second: Its place by the second's.
        truth: Its ground truth, as the task gives it.
    """

    architecture: str
    first: float
    second: float
    truth: float


@dataclass(frozen=True, slots=True, kw_only=True)
class CostRatio:
    """Median seconds of the first over those of the second, measured on equal machines.

    Attributes:
        n: Architectures with a cost of both.
    """

    value: float
    n: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Two plugins on the architectures of one task that both scored.

    Attributes:
        n: Number of these architectures.
        only_first: Architectures with ground truth that the first alone scored; left out.
        only_second: Likewise.
        agreement: Name of a rank correlation to its value between the two score vectors.
        disagreements: Those with the largest difference of places, largest first.
    """

    task: str
    truth: str
    first: str
    second: str
    n: int
    only_first: int
    only_second: int
    contrasts: tuple[Contrast, ...]
    agreement: Mapping[str, Value]
    disagreements: tuple[Disagreement, ...]
    cost: CostRatio | Undefined
