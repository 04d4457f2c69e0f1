"""Nearest neighbours: the mean of the labels nearby, weighted by the inverse distance.

The number of neighbours is 3 below 32 labels, 5 below 256 and 8 from there on.
"""

from __future__ import annotations

from harness.encodings import encoding
from harness.plugins.preparation import learn_scaling
from harness.plugins.regression import Regressor, regression
from harness.predictor import Predictor, variants

__all__ = ["PLUGINS"]


def _build(labels: int, seed: int) -> Regressor:
    from sklearn.neighbors import KNeighborsRegressor

    wanted = 3 if labels < 32 else 5 if labels < 256 else 8
    model: Regressor = KNeighborsRegressor(n_neighbors=min(wanted, labels), weights="distance")
    return model


PLUGINS = variants(
    Predictor(
        name="knn",
        version="1",
        summary="Mean of the nearest labelled architectures.",
        encoding=encoding("onehot"),
        fit=regression(_build, learn_scaling),
        in_unit=True,
    ),
    "onehot",
    "graf",
    "zc",
)
