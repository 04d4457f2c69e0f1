"""Metrics: what records of scores are worth against the truth, with bootstrap intervals."""

from harness.metrics.comparison import Difference, compare, paired_difference
from harness.metrics.intervals import Interval, mean_interval, percentile_interval, standard_error
from harness.metrics.metric import (
    UNBOUNDED,
    Family,
    Metric,
    Needs,
    Range,
    measure,
)
from harness.metrics.registry import METRICS, find_metric
from harness.metrics.replicates import Replicates, bootstrap, join
from harness.metrics.resamples import Resamples, resample_blocks, resample_weights
from harness.metrics.sample import Sample
from harness.metrics.seeds import bootstrap_over_seeds, measure_over_seeds, seed_deviation
from harness.metrics.values import Defined, Undefined, Value

__all__ = [
    "METRICS",
    "UNBOUNDED",
    "Defined",
    "Difference",
    "Family",
    "Interval",
    "Metric",
    "Needs",
    "Range",
    "Replicates",
    "Resamples",
    "Sample",
    "Undefined",
    "Value",
    "bootstrap",
    "bootstrap_over_seeds",
    "compare",
    "find_metric",
    "join",
    "mean_interval",
    "measure",
    "measure_over_seeds",
    "paired_difference",
    "percentile_interval",
    "resample_blocks",
    "resample_weights",
    "seed_deviation",
    "standard_error",
]
