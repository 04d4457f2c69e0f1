"""Gradient boosting of 500 trees of depth 4 (Chen and Guestrin 2016); needs xgboost.

Missing scores stay missing: a tree learns which way they go. Settings are fixed: rate 0.05, 80 %
of the rows and half of the columns a tree, no leaf of fewer than two architectures.

xgboost takes no split that gains 1e-6 or less, in squares of the labels' unit. Labels that spread
by less than one, such as accuracies as shares or latencies in seconds, are multiplied by a power of
two, and predictions divided by it, so that a unit changes nothing.
"""

from __future__ import annotations

from harness.core.errors import InfrastructureError
from harness.encodings import FloatArray, encoding
from harness.plugins.preparation import enlarging_factor, learn_narrowing
from harness.plugins.regression import Enlarged, Regressor, regression
from harness.predictor import Predictor, variants

__all__ = ["PLUGINS", "boosted_trees"]


def boosted_trees(features: FloatArray, labels: FloatArray, seed: int) -> Regressor:
    """Train the model.

    Raises:
        InfrastructureError: xgboost is not installed.
    """
    try:
        from xgboost import XGBRegressor
    except ImportError as error:
        raise InfrastructureError(
            "the predictor xgboost needs the package xgboost; install it with "
            "pip install 'nas-proxy-harness[predictors]'"
        ) from error
    model = XGBRegressor(
        n_estimators=500,
        learning_rate=0.05,
        max_depth=4,
        subsample=0.8,
        colsample_bytree=0.5,
        min_child_weight=2,
        tree_method="hist",
        n_jobs=1,
        random_state=seed,
    )
    factor = enlarging_factor(labels)
    return Enlarged(model=model.fit(features, labels * factor), factor=factor)


PLUGINS = variants(
    Predictor(
        name="xgboost",
        version="2",
        summary="Gradient boosting of 500 trees of depth 4.",
        encoding=encoding("onehot"),
        fit=regression(boosted_trees, learn_narrowing),
        in_unit=True,
        stochastic=True,
    ),
    "onehot",
    "graf",
    "zc",
    "graf+zc",
    "onehot+zc",
    "onehot+graf",
    "onehot+graf+zc",
)
