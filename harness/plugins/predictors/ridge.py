"""Ridge regression; the penalty is chosen by leave-one-out inside the labelled draw.

The deviation is the same for all architectures: the root of the mean squared error of leaving one
out, with the penalty that was chosen.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from harness.encodings import FloatArray, encoding
from harness.plugins.preparation import learn_scaling
from harness.plugins.regression import uncertain_regression
from harness.predictor import Predictor, variants

if TYPE_CHECKING:
    from sklearn.linear_model import RidgeCV

__all__ = ["PLUGINS", "deviations_left_out", "ridge_regression"]

_PENALTIES = np.logspace(-4, 2, 13)


def ridge_regression(features: FloatArray, labels: FloatArray, seed: int) -> RidgeCV:
    """Train the regression; the seed does not matter."""
    from sklearn.linear_model import RidgeCV

    return RidgeCV(alphas=_PENALTIES).fit(features, labels)


def deviations_left_out(ridge: RidgeCV, features: FloatArray) -> FloatArray:
    """Return one deviation for all, shape ``(n,)``."""
    return np.full(len(features), np.sqrt(max(0.0, -float(ridge.best_score_))))


PLUGINS = variants(
    Predictor(
        name="ridge",
        version="2",
        summary="Ridge regression, penalty by leave-one-out.",
        encoding=encoding("onehot"),
        fit=uncertain_regression(ridge_regression, deviations_left_out, learn_scaling),
        in_unit=True,
    ),
    "onehot",
    "graf",
    "zc",
    "onehot+zc",
)
