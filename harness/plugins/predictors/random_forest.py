"""Random forest of 300 trees with scikit-learn's other settings (Breiman 2001).

``random_forest-zc`` on the thirteen proxies of NAS-Bench-Suite-Zero is the baseline that new
proxies and predictors are seen beside. The deviation of a prediction is that of the trees: each is
grown until a leaf holds one label, so their predictions are draws of the label given the features,
as in quantile regression forests (Meinshausen 2006).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from harness.encodings import FloatArray, encoding
from harness.plugins.preparation import learn_filled_narrowing
from harness.plugins.regression import uncertain_regression
from harness.predictor import Predictor, variants

if TYPE_CHECKING:
    from sklearn.ensemble import RandomForestRegressor

__all__ = ["PLUGINS", "deviations_of_trees", "random_forest"]

_TREES = 300


def random_forest(features: FloatArray, labels: FloatArray, seed: int) -> RandomForestRegressor:
    """Train the trees."""
    from sklearn.ensemble import RandomForestRegressor

    forest = RandomForestRegressor(n_estimators=_TREES, random_state=seed, n_jobs=1)
    return forest.fit(features, labels)


def deviations_of_trees(forest: RandomForestRegressor, features: FloatArray) -> FloatArray:
    """Return the deviation of the trees' predictions, shape ``(n,)``."""
    trees = np.stack([tree.predict(features) for tree in forest.estimators_])
    deviations: FloatArray = trees.std(axis=0)
    return deviations


PLUGINS = variants(
    Predictor(
        name="random_forest",
        version="2",
        summary="Random forest of 300 trees.",
        encoding=encoding("onehot"),
        fit=uncertain_regression(random_forest, deviations_of_trees, learn_filled_narrowing),
        in_unit=True,
        stochastic=True,
    ),
    "onehot",
    "graf",
    "zc",
    "graf+zc",
)
