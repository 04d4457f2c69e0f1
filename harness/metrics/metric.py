"""A metric as a value: its definition, and how it is computed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

import numpy as np

from harness.core.counts import counted
from harness.core.direction import Direction
from harness.metrics.sample import Resamples, Sample, whole
from harness.metrics.values import Defined, FloatArray, Undefined, Value

__all__ = [
    "UNBOUNDED",
    "Family",
    "Metric",
    "Needs",
    "OfTruth",
    "Pairs",
    "Range",
    "Replicate",
    "measure",
]

Replicate: TypeAlias = Callable[[Sample, Resamples], FloatArray]


class Family(StrEnum):
    """What a metric asks of scores."""

    CORRELATION = "rank correlation"
    TOP = "agreement at the top"
    SEARCH = "search"
    GAIN = "discounted gain"
    PARTIAL = "partial correlation"
    PREDICTION = "prediction error"
    OWN = "one's own"


class Needs(StrEnum):
    """What a sample must bring for a metric to make sense."""

    SCORES = "scores"
    CONTROLS = "controls"
    PREDICTIONS = "scores in the unit of the truth"


class OfTruth(StrEnum):
    """What the values of a metric have to do with those of the truth."""

    NOTHING = "nothing"
    VALUE = "values of the truth"
    DIFFERENCE = "differences of two of them, the higher one first"


@dataclass(frozen=True, slots=True, kw_only=True)
class Range:
    """Lowest and highest value that a metric can take; may be infinite."""

    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Pairs:
    """The pairs of architectures that a metric compares, where it does not compare all.

    Attributes:
        alike: What the two have in common, e.g. ``"equal depth and width"``.
        count: Counts those of a sample, tied ones too.
    """

    alike: str
    count: Callable[[Sample], int]


UNBOUNDED = Range(low=-np.inf, high=np.inf)
"""The range of what may be any number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """The definition of one metric.

    Attributes:
        name: Name in suites, reports and on the command line, e.g. ``"kendall-top-10%"``.
        family: Metrics of a family are shown together.
        description: One sentence.
        direction: Which values are better.
        range: Lowest and highest possible value.
        minimum_n: Fewest architectures for which the metric is defined.
        ties: How equal scores and equal truth are treated.
        undefined: Why there is no value where neither scores nor truth are to blame as a whole, or
            a function that says of a sample why it has none.
        needs_spread: Whether constant scores leave the metric undefined.
        reference: Paper or documentation.
        needs: What a sample must bring.
        controls: Names of the controls that it needs.
        pairs: Which pairs it compares, where it does not compare all.
        of_truth: Whether its values are values of the truth or differences of these, and so in
            the range of its unit.
        origin: Where it comes from; empty for the metrics of the harness.
        replicate: Computes the metric of every resample, shape (B,); NaN where it is undefined.
            Call `measure` or `bootstrap` instead, which turn NaN into values of a union.
    """

    name: str
    family: Family
    description: str
    direction: Direction
    range: Range
    minimum_n: int
    ties: str
    undefined: str | Callable[[Sample], str]
    needs_spread: bool = False
    reference: str
    needs: Needs = Needs.SCORES
    controls: tuple[str, ...] = ()
    pairs: Pairs | None = None
    of_truth: OfTruth = OfTruth.NOTHING
    origin: str = ""
    replicate: Replicate


def measure(metric: Metric, sample: Sample) -> Value:
    """Compute a metric on a whole sample.

    Returns:
        `Defined`, or `Undefined` with the reason: too few architectures, constant scores or
        truth, or the metric's own.
    """
    if sample.n < metric.minimum_n:
        number = counted(sample.n, "architecture")
        verb = "is" if sample.n == 1 else "are"
        return Undefined(reason=f"{number} {verb} fewer than the minimum of {metric.minimum_n}")
    lacking = [name for name in metric.controls if name not in sample.controls]
    if lacking:
        return Undefined(reason=f"no {lacking[0]} given")
    value = float(metric.replicate(sample, whole(sample.n))[0])
    if np.isfinite(value):
        return Defined(value=value)
    if metric.pairs is not None and not metric.pairs.count(sample):
        return Undefined(reason=f"no two architectures have {metric.pairs.alike}", brief="no pairs")
    return Undefined(reason=_reason(metric, sample))


def _reason(metric: Metric, sample: Sample) -> str:
    if not isinstance(metric.undefined, str):
        return metric.undefined(sample)
    if metric.needs_spread and np.ptp(sample.scores) == 0:
        return "constant scores"
    if np.ptp(sample.truth) == 0:
        return "constant truth"
    return metric.undefined
