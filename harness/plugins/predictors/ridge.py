"""Ridge regression; the penalty is chosen by leave-one-out inside the labelled draw.

The deviation is the same for all architectures: the root of the mean squared error of leaving one
out, with the penalty that was chosen.
"""

from __future__ import annotations

import numpy as np

from harness.encodings import FloatArray, encoding
from harness.plugins.preparation import learn_scaling
from harness.plugins.regression import UncertainRegressor, uncertain_regression
from harness.predictor import Predictor, variants

__all__ = ["PLUGINS"]

_PENALTIES = np.logspace(-4, 2, 13)


class _Ridge:
    """scikit-learn's ridge regression, with the error of leaving one out."""

    def __init__(self) -> None:
        from sklearn.linear_model import RidgeCV

        self._model = RidgeCV(alphas=_PENALTIES)

    def fit(self, X: FloatArray, y: FloatArray) -> object:  # noqa: N803 - scikit-learn's names
        self._model.fit(X, y)
        return self

    def predict(self, X: FloatArray) -> FloatArray:  # noqa: N803 - scikit-learn's names
        predictions: FloatArray = self._model.predict(X)
        return predictions

    def deviations(self, X: FloatArray) -> FloatArray:  # noqa: N803 - scikit-learn's names
        return np.full(len(X), np.sqrt(max(0.0, -float(self._model.best_score_))))


def _build(labels: int, seed: int) -> UncertainRegressor:
    return _Ridge()


PLUGINS = variants(
    Predictor(
        name="ridge",
        version="2",
        summary="Ridge regression, penalty by leave-one-out.",
        encoding=encoding("onehot"),
        fit=uncertain_regression(_build, learn_scaling),
        in_unit=True,
    ),
    "onehot",
    "graf",
    "zc",
    "onehot+zc",
)
