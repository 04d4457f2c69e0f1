"""What predictors do to features and labels before they learn; all of it fitted on the draw.

* `learn_imputation`: a missing zero-cost score becomes the median of the labelled draw, and a
  further column says that it was missing, for every column with a missing score in the draw. A
  column without any score in the draw becomes 0.
* `learn_narrowing`: trees keep features in single precision, whose range `synflow` leaves: a column
  with larger sizes in the draw becomes sign(x) log(1 + |x|), and what leaves the range later is cut
  off. scikit-learn tells values that differ by 1e-7 or less not apart: a column with such values in
  the draw is multiplied by a power of two. All keep the order, on which alone trees depend.
  `learn_filled_narrowing` imputes first.
* `learn_scaling`: imputed; a column whose largest size is more than `_WIDE` times its tenth
  percentile u, or above `_SQUARED`, becomes sign(x) log(1 + |x| / u); then columns have mean 0 and
  deviation 1 on the draw and are cut off at +-`_CUT`. Each encoding of a concatenation has the
  same total weight, however many columns it has: distances between architectures mean the same for
  all encodings.
* `enlarging_factor`: trees take no split that gains little in squares of the labels' unit: those of
  xgboost less than 1e-6, those of scikit-learn in a node with a variance below 2.2e-16. Labels that
  spread by less than one are multiplied.
* `normal_scores`: labels by rank, as quantiles of the normal distribution. Accuracies pile up just
  below their maximum, which models of squared error pay little attention to.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from harness.core.aggregation import average_ranks
from harness.encodings import Features, FloatArray

__all__ = [
    "Transform",
    "enlarging_factor",
    "learn_filled_narrowing",
    "learn_imputation",
    "learn_narrowing",
    "learn_scaling",
    "normal_scores",
]

Transform: TypeAlias = Callable[[Features], FloatArray]
"""Maps features of shape ``(n, d)`` to an array of shape ``(n, k)``."""

_CUT = 4.0
_WIDE = 30.0
_SQUARED = 1e150
"""Columns above it would leave the range of numbers in their own variance."""
_LARGEST = float(np.finfo(np.float32).max)
_NEAR = 1e-7
_EXPONENT = 100
"""Of the largest size in a multiplied column; the range of single precision ends at 2^128."""
_LARGEST_EXPONENT = 1000


def learn_imputation(draw: Features) -> Transform:
    """Return the function that fills gaps as the labelled draw suggests."""
    missing = np.isnan(draw.values)
    flagged = np.flatnonzero(missing.any(axis=0))
    empty = missing.all(axis=0)
    medians = np.zeros(draw.values.shape[1])
    medians[~empty] = np.nanmedian(draw.values[:, ~empty], axis=0)

    def transform(features: Features) -> FloatArray:
        gaps = np.isnan(features.values)
        filled = np.where(gaps, medians, features.values)
        return np.concatenate([filled, gaps[:, flagged].astype(np.float64)], axis=1)

    return transform


def learn_narrowing(draw: Features) -> Transform:
    """Return the function that brings columns into the range of single precision; gaps stay."""
    narrow = _narrowing(draw.values)

    def transform(features: Features) -> FloatArray:
        return narrow(features.values)

    return transform


def learn_filled_narrowing(draw: Features) -> Transform:
    """Return the function that fills gaps, and then does the same."""
    fill = learn_imputation(draw)
    narrow = _narrowing(fill(draw))

    def transform(features: Features) -> FloatArray:
        return narrow(fill(features))

    return transform


def learn_scaling(draw: Features) -> Transform:
    """Return the function that brings columns to one scale, learnt on the labelled draw."""
    fill = learn_imputation(draw)
    seen = fill(draw)
    units = _units(seen)
    seen = _compressed(seen, units)
    centre, scale = seen.mean(axis=0), seen.std(axis=0)
    kept = scale > 1e-12 * np.maximum(1.0, np.abs(centre))
    weights = _weights(draw.columns, kept)

    def transform(features: Features) -> FloatArray:
        values = _compressed(fill(features), units)[:, kept]
        scaled = np.clip((values - centre[kept]) / scale[kept], -_CUT, _CUT)
        weighted: FloatArray = scaled * weights
        return weighted

    return transform


def enlarging_factor(labels: FloatArray) -> float:
    """Return the power of two by which labels spread by about one; one if they spread by more."""
    spread = float(np.std(labels))
    return 2.0 ** max(0, -round(math.log2(spread))) if spread > 0 else 1.0


def normal_scores(labels: FloatArray) -> FloatArray:
    """Return the normal quantiles of the labels' ranks; equal labels stay equal."""
    from scipy.special import ndtri

    scores: FloatArray = ndtri((average_ranks(labels) - 0.5) / len(labels))
    return scores


def _narrowing(draw: FloatArray) -> Callable[[FloatArray], FloatArray]:
    large = np.nan_to_num(np.abs(draw)).max(axis=0, initial=0.0) > _LARGEST
    units = np.where(large, 1.0, np.inf)
    factors = _separating_factors(_compressed(draw, units))
    return lambda values: np.clip(_compressed(values, units) * factors, -_LARGEST, _LARGEST)


def _separating_factors(values: FloatArray) -> FloatArray:
    """Return powers of two by which values that are too close for trees are multiplied; else 1."""
    factors = np.ones(values.shape[1])
    for column, column_values in enumerate(values.T):
        levels = np.unique(column_values[np.isfinite(column_values)])
        if levels.size > 1 and np.diff(levels).min() <= _NEAR:
            exponent = math.frexp(float(np.abs(levels).max()))[1]
            factors[column] = 2.0 ** min(_EXPONENT - exponent, _LARGEST_EXPONENT)
    return factors


def _units(values: FloatArray) -> FloatArray:
    """Return a column's tenth percentile of nonzero sizes where it spans much, else infinity."""
    sizes = np.abs(values)
    units = np.full(values.shape[1], np.inf)
    for column, column_sizes in enumerate(sizes.T):
        present = column_sizes[column_sizes > 0]
        if present.size:
            small = float(np.quantile(present, 0.1, method="lower"))
            units[column] = small if present.max() > min(_WIDE * small, _SQUARED) else np.inf
    return units


def _compressed(values: FloatArray, units: FloatArray) -> FloatArray:
    wide = np.isfinite(units)
    compressed = values.copy()
    compressed[:, wide] = np.sign(values[:, wide]) * np.log1p(np.abs(values[:, wide]) / units[wide])
    return compressed


def _weights(columns: Sequence[str], kept: NDArray[np.bool_]) -> FloatArray:
    """Return one over the root of the number of columns of the same encoding.

    Columns that say that a score was missing stand after the named ones and count with the last.
    """
    owners = [name.partition(":")[0] if ":" in name else "" for name in columns]
    owners += [owners[-1] if owners else ""] * (len(kept) - len(owners))
    names = np.array(owners)[kept]
    return np.array([1.0 / np.sqrt(np.count_nonzero(names == name)) for name in names])
