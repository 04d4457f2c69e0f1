"""Partial correlation: what scores know of the truth beyond what the controls know."""

from __future__ import annotations

import numpy as np

from harness.core.direction import Direction
from harness.metrics.correlation import rank_covariances
from harness.metrics.metric import Family, Metric, Needs, Range
from harness.metrics.resamples import Resamples
from harness.metrics.sample import Sample
from harness.metrics.values import FloatArray

__all__ = ["PARTIAL_SPEARMAN"]

# Shares of rank variance below this are rounding: the controls explain everything.
_NOTHING = 1e-10


def _partial_spearman(sample: Sample, resamples: Resamples) -> FloatArray:
    """Residualise by the correlation matrix of ranks, which equals regressing on the ranks."""
    if not sample.controls.size:
        return np.full(len(resamples), np.nan)
    variables = np.vstack([sample.scores, sample.truth, sample.controls.T])
    products = rank_covariances(variables, resamples).astype(np.float64)
    spread = np.sqrt(np.diagonal(products, axis1=1, axis2=2))
    inverse = np.divide(1.0, spread, out=np.zeros_like(spread), where=spread > 0)
    correlation = products * inverse[:, :, None] * inverse[:, None, :]
    cross = correlation[:, :2, 2:]
    # The pseudo-inverse gives constant and collinear controls no say of their own.
    within = np.linalg.pinv(correlation[:, 2:, 2:], rcond=_NOTHING, hermitian=True)
    left = correlation[:, :2, :2] - cross @ within @ cross.transpose(0, 2, 1)
    variances = np.diagonal(left, axis1=1, axis2=2)
    degrees = resamples.totals - sample.controls.shape[1] - 2
    defined = (variances > _NOTHING).all(axis=1) & (degrees > 0)
    result = np.full(len(resamples), np.nan)
    scale = np.sqrt(variances[defined].prod(axis=1))
    result[defined] = np.clip(left[defined, 0, 1] / scale, -1.0, 1.0)
    return result


PARTIAL_SPEARMAN = Metric(
    name="partial-spearman",
    family=Family.PARTIAL,
    description="Pearson correlation of the average ranks of scores and truth after a linear "
    "regression of both on the average ranks of the controls.",
    direction=Direction.HIGHER,
    range=Range(low=-1.0, high=1.0),
    minimum_n=4,
    ties="Equal values share their average rank, in scores, truth and controls.",
    undefined="the controls determine the ranks of scores or truth, or leave no degree of freedom",
    needs_spread=True,
    reference="Conover 1999, Practical nonparametric statistics; pingouin.partial_corr",
    needs=Needs.CONTROLS,
    replicate=_partial_spearman,
)
