"""Bootstrap distributions: of a metric over architectures, and of its mean over several seeds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from harness.core.errors import UsageError
from harness.metrics.metric import Metric, measure
from harness.metrics.sample import Resamples, Sample
from harness.metrics.values import BoolArray, Defined, FloatArray, Undefined, Value

__all__ = [
    "Replicates",
    "bootstrap",
    "bootstrap_over_seeds",
    "measure_over_seeds",
    "seed_deviation",
]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Replicates:
    """Values of a metric on resamples; a resample without a value has no number here.

    Attributes:
        n: Number of architectures that were resampled.
        defined: Shape (B,): whether the metric is defined on each resample.
        values: Shape (number defined,), finite, in the order of the resamples.
    """

    n: int
    defined: BoolArray
    values: FloatArray

    def __len__(self) -> int:
        return int(self.defined.size)

    @property
    def undefined(self) -> int:
        """Number of resamples on which the metric has no value."""
        return int(self.defined.size - self.values.size)

    def at(self, mask: BoolArray) -> FloatArray:
        """Return the values of the resamples in `mask`, shape (B,), all of which are defined."""
        if (mask & ~self.defined).any():
            raise UsageError(
                f"{int((mask & ~self.defined).sum())} of the resamples asked for have no value; "
                "ask only where `defined` is true."
            )
        return self.values[mask[self.defined]]


def bootstrap(metric: Metric, sample: Sample, resamples: Resamples) -> Replicates:
    """Compute a metric on every resample, exactly as on the expanded resample.

    Args:
        metric: What to compute.
        sample: Scores and truth of n architectures.
        resamples: Weights with n columns. Give the same to every plugin on a task, so that
            differences are paired; `Resamples.where` leaves out architectures without a score.

    Returns:
        One entry per resample; undefined where its draws are fewer than the metric's minimum or
        where the metric has no value.

    Raises:
        UsageError: Numbers of architectures differ or there are no resamples.
    """
    if resamples.n != sample.n or not len(resamples):
        raise UsageError(
            f"{len(resamples)} resamples of {resamples.n} architectures do not fit a sample of "
            f"{sample.n}; draw them for the sample, or restrict both with `where`."
        )
    values = metric.replicate(sample, resamples)
    defined = np.isfinite(values) & (resamples.totals >= metric.minimum_n)
    return Replicates(n=sample.n, defined=defined, values=values[defined])


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
    return Replicates(n=resamples.n, defined=defined, values=total[defined] / len(samples))


def _per_seed(metric: Metric, samples: Sequence[Sample]) -> FloatArray | Undefined:
    if not samples:
        raise UsageError("a mean over seeds needs at least one sample.")
    values = [measure(metric, sample) for sample in samples]
    known = [value.value for value in values if isinstance(value, Defined)]
    reasons = {n: v.reason for n, v in enumerate(values, 1) if isinstance(v, Undefined)}
    if not reasons:
        return np.array(known)
    if not known and len(set(reasons.values())) == 1:
        return Undefined(reason=reasons[1])
    number, reason = next(iter(reasons.items()))
    return Undefined(reason=f"seed {number} of {len(samples)}: {reason}")
