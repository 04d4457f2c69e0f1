"""Random forest of 300 trees with scikit-learn's other settings (Breiman 2001).

``random_forest-zc`` on the thirteen proxies of NAS-Bench-Suite-Zero is the baseline that new
proxies and predictors are seen beside. The deviation of a prediction is that of the trees: each is
grown until a leaf holds one label, so their predictions are draws of the label given the features,
as in quantile regression forests (Meinshausen 2006).

scikit-learn splits no node whose labels have a variance below 2.2e-16, in squares of their unit.
Labels that spread by less than one are learnt times a power of two, so that a unit changes nothing.
So are features with values that differ by 1e-7 or less, which it takes for one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from harness.encodings import FloatArray, encoding
from harness.plugins.preparation import enlarging_factor, learn_filled_narrowing
from harness.plugins.regression import Enlarged, uncertain_regression
from harness.predictor import Predictor, variants

if TYPE_CHECKING:
    from sklearn.ensemble import RandomForestRegressor

__all__ = ["PLUGINS", "deviations_of_trees", "random_forest"]

_TREES = 300


def random_forest(
    features: FloatArray, labels: FloatArray, seed: int
) -> Enlarged[RandomForestRegressor]:
    """Train the trees."""
    from sklearn.ensemble import RandomForestRegressor

    model = RandomForestRegressor(n_estimators=_TREES, random_state=seed, n_jobs=1)
    factor = enlarging_factor(labels)
    return Enlarged(model=model.fit(features, labels * factor), factor=factor)


def deviations_of_trees(
    forest: Enlarged[RandomForestRegressor], features: FloatArray
) -> FloatArray:
    """Return the deviation of the trees' predictions, shape ``(n,)``."""
    trees = np.stack([tree.predict(features) for tree in forest.model.estimators_])
    deviations: FloatArray = trees.std(axis=0) / forest.factor
    return deviations


PLUGINS = variants(
    Predictor(
        name="random_forest",
        version="3",
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
