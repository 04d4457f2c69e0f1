"""Search: how good is the best of the k architectures that a score would have us train?

The bootstrap of an extreme is not consistent: intervals of these metrics say how much depends on
single architectures and are not to be read as confidence statements about a larger space.
"""

from __future__ import annotations

from functools import partial

import numpy as np

from harness.core.direction import Direction
from harness.core.errors import UsageError
from harness.metrics.metric import UNBOUNDED, Family, Metric, OfTruth, Range
from harness.metrics.ordering import descending
from harness.metrics.sample import Resamples, Sample
from harness.metrics.values import FloatArray

__all__ = ["best_at", "normalised_regret_at", "regret_at"]

_TIES = "Exact expectation over random tie-breaking of scores; ties of truth do not matter."
_REFERENCE = (
    "Ning et al. 2021, BR@k; Mellor et al. 2021, Neural architecture search without training"
)


def best_at(k: int) -> Metric:
    """Make the metric truth of the best among the `k` highest-scored architectures."""
    return Metric(
        name=f"best@{k}",
        family=Family.SEARCH,
        description=f"Truth of the best among the {_ordinal(k)} highest-scored.",
        direction=Direction.HIGHER,
        range=UNBOUNDED,
        of_truth=OfTruth.VALUE,
        minimum_n=k,
        ties=_TIES,
        undefined="fewer architectures than k",
        reference=_REFERENCE,
        replicate=partial(_best, k),
    )


def regret_at(k: int) -> Metric:
    """Make the metric highest truth less `best_at`."""
    return Metric(
        name=f"regret@{k}",
        family=Family.SEARCH,
        description=f"Highest truth less the truth of the best among the {_ordinal(k)} "
        "highest-scored.",
        direction=Direction.LOWER,
        range=Range(low=0.0, high=np.inf),
        of_truth=OfTruth.DIFFERENCE,
        minimum_n=k,
        ties=_TIES,
        undefined="fewer architectures than k",
        reference=_REFERENCE,
        replicate=partial(_regret, k),
    )


def normalised_regret_at(k: int) -> Metric:
    """Make the metric regret over the expected regret of `k` random architectures."""
    return Metric(
        name=f"normalised-regret@{k}",
        family=Family.SEARCH,
        description=f"Regret over the expected regret of {k} random architectures: 0 finds the "
        "best, 1 is no better than random search.",
        direction=Direction.LOWER,
        range=Range(low=0.0, high=np.inf),
        minimum_n=k + 1,
        ties=_TIES,
        undefined="random architectures always include the best",
        reference=_REFERENCE,
        replicate=partial(_normalised_regret, k),
    )


def _ordinal(k: int) -> str:
    if k < 1:
        raise UsageError(f"the best of {k} architectures does not exist; use 1 or more.")
    return str(k)


def _best(k: int, sample: Sample, resamples: Resamples) -> FloatArray:
    from harness.metrics.kernels.search import best_of_top

    by_score = descending(sample.scores, then=sample.truth)
    return best_of_top(resamples.counts, by_score, sample.truth, k)


def _regret(k: int, sample: Sample, resamples: Resamples) -> FloatArray:
    from harness.metrics.kernels.search import best_of_top

    highest = best_of_top(resamples.counts, descending(sample.truth), sample.truth, 1)
    return np.maximum(highest - _best(k, sample, resamples), 0.0)


def _normalised_regret(k: int, sample: Sample, resamples: Resamples) -> FloatArray:
    from harness.metrics.kernels.search import regret_of_random

    most = int(resamples.totals.max())
    by_truth = descending(sample.truth)
    random = regret_of_random(resamples.counts, by_truth, sample.truth, _ways(most, k))
    with np.errstate(invalid="ignore", divide="ignore"):
        return _regret(k, sample, resamples) / random


def _ways(most: int, k: int) -> FloatArray:
    """Return C(m, k) / C(most, k) for m from 0 to `most`."""
    # C(m - 1, k) = C(m, k) (m - k) / m
    draws = np.arange(most, 0, -1)
    factors = np.maximum(draws - k, 0) / draws
    return np.concatenate([np.ones(1), np.cumprod(factors)])[::-1].copy()
