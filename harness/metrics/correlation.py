"""Rank correlation: Spearman, Kendall, and Kendall weighted to the top."""

from __future__ import annotations

import numpy as np

from harness.core.direction import Direction
from harness.metrics.metric import Family, Metric, Range
from harness.metrics.ordering import ascending
from harness.metrics.sample import Resamples, Sample
from harness.metrics.values import FloatArray, IntArray

__all__ = [
    "KENDALL",
    "SPEARMAN",
    "WEIGHTED_KENDALL",
    "kendall_values",
    "rank_covariances",
]


def rank_covariances(variables: FloatArray, resamples: Resamples) -> IntArray:
    """Return centred products of ranks, shape (B, v, v), of variables of shape (v, n)."""
    from harness.metrics.kernels.ranks import rank_products

    orderings = [ascending(variable) for variable in variables]
    order = np.stack([ordering.order for ordering in orderings])
    ties = np.concatenate(
        [np.insert(ordering.ties, 0, row, axis=1) for row, ordering in enumerate(orderings)]
    )
    return rank_products(resamples.counts, order, ties)


def _spearman(sample: Sample, resamples: Resamples) -> FloatArray:
    products = rank_covariances(np.stack([sample.scores, sample.truth]), resamples)
    products_as_float = products.astype(np.float64)
    with np.errstate(invalid="ignore"):
        scale = np.sqrt(products_as_float[:, 0, 0] * products_as_float[:, 1, 1])
        return np.clip(products_as_float[:, 0, 1] / scale, -1.0, 1.0)


def kendall_values(sample: Sample, resamples: Resamples) -> FloatArray:
    """Return tau-b of every resample, shape (B,); NaN where scores or truth are constant."""
    from harness.metrics.kernels.pairs import pair_agreement, pair_layout

    layout = pair_layout(sample.scores, sample.truth)
    return pair_agreement(resamples.counts, layout, np.empty(0))


def _weighted_kendall(sample: Sample, resamples: Resamples) -> FloatArray:
    from harness.metrics.kernels.pairs import pair_agreement, pair_layout

    most = int(resamples.totals.max())
    harmonic = np.concatenate([np.zeros(1), np.cumsum(1.0 / np.arange(1, most + 1))])
    layout = pair_layout(sample.scores, sample.truth)
    return pair_agreement(resamples.counts, layout, harmonic)


SPEARMAN = Metric(
    name="spearman",
    family=Family.CORRELATION,
    description="Pearson correlation of the ranks of scores and truth.",
    direction=Direction.HIGHER,
    range=Range(low=-1.0, high=1.0),
    minimum_n=3,
    ties="Equal values share their average rank.",
    undefined="ranks without spread",
    needs_spread=True,
    reference="Spearman 1904; scipy.stats.spearmanr",
    replicate=_spearman,
)

KENDALL = Metric(
    name="kendall",
    family=Family.CORRELATION,
    description="Kendall's tau-b: concordant less discordant pairs, over pairs that are not tied.",
    direction=Direction.HIGHER,
    range=Range(low=-1.0, high=1.0),
    minimum_n=3,
    ties="A pair tied in scores or truth counts for neither side; the norm is the geometric mean "
    "of the pairs untied in scores and the pairs untied in truth.",
    undefined="no pair without a tie",
    needs_spread=True,
    reference="Kendall 1945; scipy.stats.kendalltau (variant b)",
    replicate=kendall_values,
)

WEIGHTED_KENDALL = Metric(
    name="weighted-kendall",
    family=Family.CORRELATION,
    description="Tau whose pairs weigh 1 / (1 + rank) of both members, so that the top counts "
    "most; the mean of ranking by scores and ranking by truth, the highest having rank 0.",
    direction=Direction.HIGHER,
    range=Range(low=-1.0, high=1.0),
    minimum_n=3,
    ties="Tied pairs as in tau-b; equal scores are ranked by truth and equal truth by scores.",
    undefined="no pair without a tie",
    needs_spread=True,
    reference="Vigna 2015, A weighted correlation index for rankings with ties; "
    "scipy.stats.weightedtau with its defaults",
    replicate=_weighted_kendall,
)
