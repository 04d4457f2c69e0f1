"""Several seeds of one plugin: the mean over seeds, and a bootstrap of seeds and architectures."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from harness.core.errors import UsageError
from harness.metrics.metric import Metric, measure
from harness.metrics.replicates import Replicates, bootstrap
from harness.metrics.resamples import Resamples
from harness.metrics.sample import Sample
from harness.metrics.values import Defined, FloatArray, Undefined, Value

__all__ = ["bootstrap_over_seeds", "measure_over_seeds", "seed_deviation"]


def measure_over_seeds(metric: Metric, samples: Sequence[Sample]) -> Value:
    """Return the mean of a metric over one sample per seed; undefined if any of them is."""
    values = _per_seed(metric, samples)
    return values if isinstance(values, Undefined) else Defined(value=float(values.mean()))


def seed_deviation(metric: Metric, samples: Sequence[Sample]) -> Value:
    """Return the standard deviation of a metric between seeds, apart from that of architectures."""
    values = _per_seed(metric, samples)
    if isinstance(values, Undefined):
        return values
    if values.size < 2:
        return Undefined(reason="one seed has no deviation")
    return Defined(value=float(values.std(ddof=1)))


def bootstrap_over_seeds(
    metric: Metric, samples: Sequence[Sample], resamples: Resamples, seed: int
) -> Replicates:
    """Resample seeds, then architectures, and take the mean of the metric over the drawn seeds.

    Args:
        metric: What to compute.
        samples: One sample per seed, of the same architectures row by row.
        resamples: Weights of the architectures, the same for each drawn seed.
        seed: Seed of the draws of seeds; the draws differ from those of `resample_weights` with
            the same seed.

    Returns:
        One entry per resample; undefined where a drawn seed has no value.
    """
    if not samples:
        raise UsageError("a bootstrap over seeds needs at least one sample.")
    generator = np.random.Generator(np.random.PCG64(np.random.SeedSequence([seed, len(samples)])))
    draws = generator.integers(0, len(samples), size=(len(resamples), len(samples)))
    drawn = (draws[:, :, None] == np.arange(len(samples))).sum(axis=1)
    total = np.zeros(len(resamples))
    defined = np.ones(len(resamples), dtype=np.bool_)
    for column, sample in enumerate(samples):
        replicates = bootstrap(metric, sample, resamples)
        total[replicates.defined] += drawn[replicates.defined, column] * replicates.values
        defined &= replicates.defined | (drawn[:, column] == 0)
    return Replicates(defined=defined, values=total[defined] / len(samples))


def _per_seed(metric: Metric, samples: Sequence[Sample]) -> FloatArray | Undefined:
    if not samples:
        raise UsageError("a mean over seeds needs at least one sample.")
    values = []
    for position, sample in enumerate(samples):
        match measure(metric, sample):
            case Defined(value=value):
                values.append(value)
            case Undefined(reason=reason):
                return Undefined(reason=f"seed {position + 1} of {len(samples)}: {reason}")
    return np.array(values)
