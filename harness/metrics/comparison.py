"""The difference between two score vectors on the same architectures, by paired resampling."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from harness.core.errors import UsageError
from harness.metrics.intervals import Interval, central
from harness.metrics.metric import Metric, measure
from harness.metrics.replicates import Replicates, bootstrap
from harness.metrics.resamples import Resamples
from harness.metrics.sample import Sample
from harness.metrics.values import Undefined

__all__ = ["Difference", "compare", "paired_difference"]


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


def compare(
    metric: Metric, first: Sample, second: Sample, resamples: Resamples, level: float = 0.95
) -> Difference | Undefined:
    """Compare two score vectors by one metric on the same architectures.

    Args:
        metric: What to compare by.
        first: Scores of one plugin and the truth.
        second: Scores of the other plugin and the same truth, row by row.
        resamples: Weights that both sides use.
        level: Level of the interval.

    Raises:
        UsageError: The truth differs: the samples are not of the same architectures.
    """
    if not np.array_equal(first.truth, second.truth):
        raise UsageError(
            "the truth of the two samples differs; compare plugins on the architectures that both "
            "scored, in the same order."
        )
    match measure(metric, first), measure(metric, second):
        case Undefined() as undefined, _:
            return Undefined(reason=f"first: {undefined.reason}")
        case _, Undefined() as undefined:
            return Undefined(reason=f"second: {undefined.reason}")
        case one, other:
            return paired_difference(
                one.value - other.value,
                bootstrap(metric, first, resamples),
                bootstrap(metric, second, resamples),
                level,
            )


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
        A `Difference`, or `Undefined` where more than the share 1 - `level` of the resamples lacks
        one of the two values.
    """
    if len(first) != len(second) or not 0 < level < 1:
        raise UsageError(
            f"{len(first)} and {len(second)} resamples at level {level} cannot be compared."
        )
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
