"""Discounted gain: one number for the whole order that counts the top most."""

from __future__ import annotations

from functools import partial

import numpy as np

from harness.core.direction import Direction
from harness.core.errors import UsageError
from harness.metrics.metric import Family, Metric, Range
from harness.metrics.ordering import descending
from harness.metrics.sample import Resamples, Sample
from harness.metrics.values import FloatArray

__all__ = ["NDCG", "ndcg_at"]


def _ndcg(k: int | None, sample: Sample, resamples: Resamples) -> FloatArray:
    from harness.metrics.kernels.gain import discounted_gain

    most = int(resamples.totals.max())
    discounts = 1.0 / np.log2(np.arange(2, most + 2))
    if k is not None:
        discounts[k:] = 0.0
    gain = discounted_gain(
        resamples.counts,
        descending(sample.scores),
        descending(sample.truth),
        np.concatenate([np.zeros(1), np.cumsum(discounts)]),
    )
    # The two sums of a perfect order are added up in different ways and may differ by rounding.
    bounded: FloatArray = np.minimum(gain, 1.0)
    return bounded


def _metric(k: int | None) -> Metric:
    depth = "" if k is None else f"@{k}"
    return Metric(
        name=f"ndcg{depth}",
        family=Family.GAIN,
        description="Discounted cumulative gain over its ideal"
        + ("" if k is None else f", among the {k} highest-scored")
        + "; the gain is the rank percentile of the truth, (average rank - 1) / (n - 1), and "
        "position i is discounted by 1 / log2(i + 1).",
        direction=Direction.HIGHER,
        range=Range(low=0.0, high=1.0),
        minimum_n=2 if k is None else max(2, k),
        ties="Equal scores share their mean gain; equal truth shares its average rank.",
        undefined="no gain",
        reference="Järvelin and Kekäläinen 2002; sklearn.metrics.ndcg_score with ignore_ties=False",
        replicate=partial(_ndcg, k),
    )


def ndcg_at(k: int) -> Metric:
    """Make the metric nDCG among the `k` highest-scored architectures."""
    if k < 1:
        raise UsageError(f"nDCG at {k} does not exist; use 1 or more.")
    return _metric(k)


NDCG = _metric(None)
