"""Nearest neighbours: the mean of the labels nearby, weighted by the inverse distance.

The number of neighbours is 3 below 32 labels, 5 below 256 and 8 from there on.
"""

from __future__ import annotations

from harness.encodings import FloatArray, encoding
from harness.plugins.preparation import learn_scaling
from harness.plugins.regression import Regressor, regression
from harness.predictor import Predictor, variants

__all__ = ["PLUGINS"]


def _train(features: FloatArray, labels: FloatArray, seed: int) -> Regressor:
    from sklearn.neighbors import KNeighborsRegressor

    n = len(labels)
    wanted = 3 if n < 32 else 5 if n < 256 else 8
    model = KNeighborsRegressor(n_neighbors=min(wanted, n), weights="distance")
    trained: Regressor = model.fit(features, labels)
    return trained


PLUGINS = variants(
    Predictor(
        name="knn",
        version="1",
        summary="Mean of the nearest labelled architectures.",
        encoding=encoding("onehot"),
        fit=regression(_train, learn_scaling),
        in_unit=True,
    ),
    "onehot",
    "graf",
    "zc",
)
