"""Resamples of tasks that belong to clusters: the tasks of one space resemble each other."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from harness.core.errors import UsageError
from harness.metrics.values import FloatArray, IntArray

__all__ = ["FEWEST_UNITS", "mean_weights", "resampled_weights", "units"]

FEWEST_UNITS = 5
"""Fewest units that an interval over tasks is drawn from.

A percentile interval of a mean reaches 1.96 sqrt((n - 1) / n) standard errors to either side, where
Student's t asks for more: of five normal units it covers the mean with 85 %, of three with 75 %.
"""


def mean_weights(clusters: Sequence[str]) -> FloatArray:
    """Return the weight of each task, shape (t,), that lets all clusters weigh alike; sum 1."""
    labels = _labels(clusters)
    sizes = np.bincount(labels)
    result: FloatArray = 1.0 / (sizes.size * sizes[labels])
    return result


def units(clusters: Sequence[str]) -> int:
    """Return how many things are resampled: clusters, or the tasks where there is one cluster."""
    different = len(set(clusters))
    return different if different > 1 else len(clusters)


def resampled_weights(clusters: Sequence[str], resamples: int, seed: int) -> FloatArray:
    """Draw clusters, then tasks within each drawn cluster, both with replacement.

    A cluster that is drawn twice draws its tasks anew each time. One cluster alone is always drawn,
    so that only its tasks vary.

    Args:
        clusters: Shape (t,): name of the cluster of each task.
        resamples: Number of resamples B.
        seed: Seed of the generator, not negative.

    Returns:
        Shape (B, t): weights of the tasks in each resample; each row sums to 1.
    """
    if not clusters or resamples < 1:
        raise UsageError(f"cannot draw {resamples} resamples of {len(clusters)} tasks.")
    labels = _labels(clusters)
    sizes = np.bincount(labels)
    generator = np.random.Generator(np.random.PCG64(seed))
    drawn = generator.multinomial(sizes.size, np.full(sizes.size, 1 / sizes.size), size=resamples)
    result = np.empty((resamples, labels.size))
    for cluster, size in enumerate(sizes):
        tasks = generator.multinomial(drawn[:, cluster] * size, np.full(size, 1 / size))
        result[:, labels == cluster] = tasks / (sizes.size * size)
    return result


def _labels(clusters: Sequence[str]) -> IntArray:
    order = {name: label for label, name in enumerate(dict.fromkeys(clusters))}
    return np.array([order[name] for name in clusters], dtype=np.int64)
