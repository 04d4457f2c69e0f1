"""Rank correlation inside strata: what scores know beyond what makes architectures alike.

Where a stratum holds architectures of equal depth and width, a score that only counts layers or
channels has nothing to say inside it.
"""

from __future__ import annotations

import numpy as np

from harness.core.direction import Direction
from harness.metrics.metric import Family, Metric, Needs, Range
from harness.metrics.sample import Resamples, Sample
from harness.metrics.values import FloatArray, IntArray

__all__ = ["STRATIFIED_KENDALL"]

_CHUNK = 256
"""Rows of the matrix of pairs that are held at once."""


def _stratified_kendall(sample: Sample, resamples: Resamples) -> FloatArray:
    sums = np.zeros((3, len(resamples)))
    for stratum in np.unique(sample.strata):
        members = np.flatnonzero(sample.strata == stratum)
        if len(members) > 1:
            sums += _pair_sums(sample, members, resamples)
    agreement, by_scores, by_truth = sums
    norm = np.sqrt(by_scores * by_truth)
    result = np.full(len(resamples), np.nan)
    defined = norm > 0
    result[defined] = np.clip(agreement[defined] / norm[defined], -1.0, 1.0)
    return result


def _pair_sums(sample: Sample, members: IntArray, resamples: Resamples) -> FloatArray:
    """Return concordant less discordant, and pairs untied in scores and in truth, shape (3, B).

    Every pair counts twice in all three, which their ratio does not show.
    """
    scores, truth = sample.scores[members], sample.truth[members]
    counts = resamples.counts[:, members].astype(np.float64)
    sums = np.zeros((3, len(resamples)))
    for start in range(0, len(members), _CHUNK):
        rows = slice(start, start + _CHUNK)
        by_scores = np.sign(scores[rows, None] - scores)
        by_truth = np.sign(truth[rows, None] - truth)
        for row, pairs in enumerate((by_scores * by_truth, by_scores**2, by_truth**2)):
            sums[row] += np.einsum("br,br->b", counts[:, rows], counts @ pairs.T)
    return sums


def _why(sample: Sample) -> str:
    if not sample.strata.size:
        return "no strata given"
    _, sizes = np.unique(sample.strata, return_counts=True)
    if sizes.max() < 2:
        return "no two architectures of one stratum"
    return "constant scores or truth inside every stratum"


STRATIFIED_KENDALL = Metric(
    name="stratified-kendall",
    family=Family.PARTIAL,
    description="Kendall's tau-b over the pairs of architectures of one stratum alone; strata are "
    "those of equal depth and width.",
    direction=Direction.HIGHER,
    range=Range(low=-1.0, high=1.0),
    minimum_n=3,
    ties="As in tau-b, over the pairs inside strata.",
    undefined=_why,
    reference="Kendall 1945; scipy.stats.kendalltau (variant b) where there is one stratum",
    needs=Needs.STRATA,
    replicate=_stratified_kendall,
)
