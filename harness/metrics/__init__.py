"""Metrics: what records of scores are worth against the truth, with bootstrap intervals."""

from harness.metrics.intervals import (
    Difference,
    estimate_mean,
    mean_error,
    mean_interval,
    paired_difference,
    percentile_interval,
    standard_error,
)
from harness.metrics.metric import UNBOUNDED, Family, Metric, Needs, OfTruth, Range, measure
from harness.metrics.plain import PlainMetric, metric
from harness.metrics.registry import METRICS, find_metric
from harness.metrics.replicates import (
    Replicates,
    bootstrap,
    bootstrap_over_seeds,
    measure_over_seeds,
    seed_deviation,
)
from harness.metrics.sample import Resamples, Sample, resample_weights
from harness.metrics.values import Defined, Estimate, Interval, Undefined, Value

__all__ = [
    "METRICS",
    "UNBOUNDED",
    "Defined",
    "Difference",
    "Estimate",
    "Family",
    "Interval",
    "Metric",
    "Needs",
    "OfTruth",
    "PlainMetric",
    "Range",
    "Replicates",
    "Resamples",
    "Sample",
    "Undefined",
    "Value",
    "bootstrap",
    "bootstrap_over_seeds",
    "estimate_mean",
    "find_metric",
    "mean_error",
    "mean_interval",
    "measure",
    "measure_over_seeds",
    "metric",
    "paired_difference",
    "percentile_interval",
    "resample_weights",
    "seed_deviation",
    "standard_error",
]
