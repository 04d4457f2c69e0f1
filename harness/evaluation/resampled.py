"""A metric's value together with its bootstrap distribution."""

from __future__ import annotations

from dataclasses import dataclass

from harness.evaluation.leaderboard import Measured
from harness.metrics.intervals import percentile_interval
from harness.metrics.metric import Metric, measure
from harness.metrics.replicates import Replicates, bootstrap
from harness.metrics.resamples import Resamples
from harness.metrics.sample import Sample
from harness.metrics.values import Defined, Undefined

__all__ = ["Resampled", "measured", "resampled"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Resampled:
    """A value on the whole sample, and on every resample that has one."""

    value: float
    replicates: Replicates


def resampled(metric: Metric, sample: Sample, resamples: Resamples) -> Resampled | Undefined:
    """Compute a metric on a sample and, where it is defined there, on the resamples."""
    value = measure(metric, sample)
    if isinstance(value, Undefined):
        return value
    return Resampled(value=value.value, replicates=bootstrap(metric, sample, resamples))


def measured(found: Resampled | Undefined, level: float) -> Measured:
    """Summarise the distribution by its percentile interval."""
    if isinstance(found, Undefined):
        return Measured(value=found, interval=found)
    return Measured(
        value=Defined(value=found.value), interval=percentile_interval(found.replicates, level)
    )
