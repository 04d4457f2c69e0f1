"""The bootstrap distribution of a metric."""

from __future__ import annotations

import itertools
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from harness.core.errors import UsageError
from harness.metrics.metric import Metric
from harness.metrics.resamples import Resamples
from harness.metrics.sample import Sample
from harness.metrics.values import BoolArray, FloatArray

__all__ = ["Replicates", "bootstrap", "join"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Replicates:
    """Values of a metric on resamples; a resample without a value has no number here.

    Attributes:
        defined: Shape (B,): whether the metric is defined on each resample.
        values: Shape (number defined,), finite, in the order of the resamples.
    """

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


def bootstrap(metric: Metric, sample: Sample, resamples: Resamples, threads: int = 1) -> Replicates:
    """Compute a metric on every resample, exactly as on the expanded resample.

    Args:
        metric: What to compute.
        sample: Scores and truth of n architectures.
        resamples: Weights with n columns. Give the same to every plugin on a task, so that
            differences are paired; `Resamples.where` leaves out architectures without a score.
        threads: Threads among which the resamples are divided. The values do not depend on it.

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
    if threads == 1:
        values = metric.replicate(sample, resamples)
    else:
        edges = np.linspace(0, len(resamples), min(threads, len(resamples)) + 1).astype(int)
        blocks = [resamples.rows(*pair) for pair in itertools.pairwise(edges)]
        with ThreadPoolExecutor(len(blocks)) as pool:
            parts = pool.map(lambda block: metric.replicate(sample, block), blocks)
            values = np.concatenate(list(parts))
    defined = np.isfinite(values) & (resamples.totals >= metric.minimum_n)
    return Replicates(defined=defined, values=values[defined])


def join(parts: list[Replicates]) -> Replicates:
    """Put the replicates of successive blocks of resamples together."""
    return Replicates(
        defined=np.concatenate([part.defined for part in parts]),
        values=np.concatenate([part.values for part in parts]),
    )
