"""Random forest of 300 trees with scikit-learn's other settings (Breiman 2001).

``random_forest-zc`` on the thirteen proxies of NAS-Bench-Suite-Zero is the baseline that new
proxies and predictors are seen beside. The deviation of a prediction is that of the trees: each is
grown until a leaf holds one label, so their predictions are draws of the label given the features,
as in quantile regression forests (Meinshausen 2006).
"""

from __future__ import annotations

import numpy as np

from harness.encodings import FloatArray, encoding
from harness.plugins.preparation import learn_imputation
from harness.plugins.regression import UncertainRegressor, uncertain_regression
from harness.predictor import Predictor, variants

__all__ = ["PLUGINS"]

_TREES = 300


class _Forest:
    """scikit-learn's forest, with the deviation of its trees."""

    def __init__(self, seed: int) -> None:
        from sklearn.ensemble import RandomForestRegressor

        self._model = RandomForestRegressor(n_estimators=_TREES, random_state=seed, n_jobs=1)

    def fit(self, X: FloatArray, y: FloatArray) -> object:  # noqa: N803 - scikit-learn's names
        self._model.fit(X, y)
        return self

    def predict(self, X: FloatArray) -> FloatArray:  # noqa: N803 - scikit-learn's names
        predictions: FloatArray = self._model.predict(X)
        return predictions

    def deviations(self, X: FloatArray) -> FloatArray:  # noqa: N803 - scikit-learn's names
        trees = np.stack([tree.predict(X) for tree in self._model.estimators_])
        deviations: FloatArray = trees.std(axis=0)
        return deviations


def _build(labels: int, seed: int) -> UncertainRegressor:
    return _Forest(seed)


PLUGINS = variants(
    Predictor(
        name="random_forest",
        version="2",
        summary="Random forest of 300 trees.",
        encoding=encoding("onehot"),
        fit=uncertain_regression(_build, learn_imputation),
        in_unit=True,
        stochastic=True,
    ),
    "onehot",
    "graf",
    "zc",
    "graf+zc",
)
