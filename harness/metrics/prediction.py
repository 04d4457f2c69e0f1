"""Errors of predictors whose scores are in the unit of the truth."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from harness.core.direction import Direction
from harness.metrics.metric import Family, Metric, Needs, Range
from harness.metrics.ordering import ascending
from harness.metrics.sample import Resamples, Sample
from harness.metrics.values import FloatArray

__all__ = ["CALIBRATION_ERROR", "MAE", "R2", "RMSE"]

_BINS = 10
# Rows that become float64 at a time, so that memory stays flat.
_ROWS = 64


def _blocks(resamples: Resamples) -> Iterator[slice]:
    for start in range(0, len(resamples), _ROWS):
        yield slice(start, min(start + _ROWS, len(resamples)))


def _means(values: FloatArray, resamples: Resamples) -> FloatArray:
    result = np.empty(len(resamples))
    for rows in _blocks(resamples):
        # A product of matrices would add in an order that depends on their shape.
        result[rows] = (resamples.counts[rows] * values).sum(axis=1)
    with np.errstate(invalid="ignore"):
        return result / resamples.totals


def _mae(sample: Sample, resamples: Resamples) -> FloatArray:
    return _means(np.abs(sample.scores - sample.truth), resamples)


def _rmse(sample: Sample, resamples: Resamples) -> FloatArray:
    return np.sqrt(_means((sample.scores - sample.truth) ** 2, resamples))


def _r2(sample: Sample, resamples: Resamples) -> FloatArray:
    by_truth = ascending(sample.truth).order
    ordered = sample.truth[by_truth]
    means = _means(sample.truth, resamples)
    squares = np.full(len(resamples), np.nan)
    for rows in _blocks(resamples):
        counts = resamples.counts[rows]
        drawn = counts[:, by_truth] > 0
        lowest = ordered[np.argmax(drawn, axis=1)]
        highest = ordered[ordered.size - 1 - np.argmax(drawn[:, ::-1], axis=1)]
        spread = (counts * (sample.truth - means[rows, None]) ** 2).sum(axis=1)
        squares[rows] = np.where(highest > lowest, spread / resamples.totals[rows], np.nan)
    result: FloatArray = 1.0 - _means((sample.scores - sample.truth) ** 2, resamples) / squares
    return result


def _calibration_error(sample: Sample, resamples: Resamples) -> FloatArray:
    by_score = ascending(sample.scores)
    ends = np.append(np.flatnonzero(by_score.start)[1:], sample.n) - 1
    gap = (sample.truth - sample.scores)[by_score.order]
    edges = np.linspace(0.0, 1.0, _BINS + 1)
    result = np.full(len(resamples), np.nan)
    for row, (counts, total) in enumerate(zip(resamples.counts, resamples.totals, strict=True)):
        if total > 0:
            weights = counts[by_score.order] / total
            mass = np.append(0.0, np.cumsum(weights)[ends])
            gaps = np.append(0.0, np.cumsum(weights * gap)[ends])
            result[row] = np.abs(np.diff(np.interp(edges, mass, gaps))).sum()
    return result


MAE = Metric(
    name="mae",
    family=Family.PREDICTION,
    description="Mean absolute difference of predictions and truth, in the unit of the truth.",
    direction=Direction.LOWER,
    range=Range(low=0.0, high=np.inf),
    minimum_n=1,
    ties="Do not matter.",
    undefined="no architectures",
    reference="sklearn.metrics.mean_absolute_error",
    needs=Needs.PREDICTIONS,
    replicate=_mae,
)

RMSE = Metric(
    name="rmse",
    family=Family.PREDICTION,
    description="Root of the mean squared difference of predictions and truth.",
    direction=Direction.LOWER,
    range=Range(low=0.0, high=np.inf),
    minimum_n=1,
    ties="Do not matter.",
    undefined="no architectures",
    reference="sklearn.metrics.root_mean_squared_error",
    needs=Needs.PREDICTIONS,
    replicate=_rmse,
)

R2 = Metric(
    name="r2",
    family=Family.PREDICTION,
    description="One less the squared error over the squared error of predicting the mean truth.",
    direction=Direction.HIGHER,
    range=Range(low=-np.inf, high=1.0),
    minimum_n=2,
    ties="Do not matter.",
    undefined="constant truth",
    reference="sklearn.metrics.r2_score; undefined, not 0 or 1, for constant truth",
    needs=Needs.PREDICTIONS,
    replicate=_r2,
)

CALIBRATION_ERROR = Metric(
    name="calibration-error",
    family=Family.PREDICTION,
    description="Expected calibration error of a point predictor: the mean, over ten bins of "
    "equal mass in the order of the predictions, of |mean truth - mean prediction|.",
    direction=Direction.LOWER,
    range=Range(low=0.0, high=np.inf),
    minimum_n=_BINS,
    ties="Equal predictions are split over bins in proportion, each part at their mean truth.",
    undefined="no architectures",
    reference="Naeini et al. 2015 (equal-mass bins) applied to means as in Levi et al. 2022",
    needs=Needs.PREDICTIONS,
    replicate=_calibration_error,
)
