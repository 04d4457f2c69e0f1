"""Stacking of boosted trees, extra trees and a Gaussian process; see `harness.plugins.stacks`.

The boosted trees learn the labels once as they are and once as normal scores: the first order the
poor architectures better, the second the good ones where accuracies pile up below their maximum.
``stacking_gcn`` has a graph convolution with a ranking loss as a fifth member.
"""

from __future__ import annotations

from harness.encodings import FloatArray, encoding
from harness.plugins.predictors.gcn import ranked
from harness.plugins.predictors.gp import gaussian_process
from harness.plugins.predictors.xgboost import boosted_trees
from harness.plugins.preparation import (
    learn_filled_narrowing,
    learn_narrowing,
    learn_scaling,
    normal_scores,
)
from harness.plugins.regression import Regressor, regression
from harness.plugins.stacks import Member, stack_of, standardised_on_labelled
from harness.predictor import Predictor, variants

__all__ = ["PLUGINS"]

_TREES = 100


def _extra_trees(features: FloatArray, labels: FloatArray, seed: int) -> Regressor:
    from sklearn.ensemble import ExtraTreesRegressor

    model = ExtraTreesRegressor(n_estimators=_TREES, max_features=0.5, random_state=seed, n_jobs=1)
    trained: Regressor = model.fit(features, labels)
    return trained


_MEMBERS = (
    Member(name="boosted", fit=regression(boosted_trees, learn_narrowing), in_unit=True),
    Member(
        name="boosted ranks",
        fit=regression(boosted_trees, learn_narrowing, normal_scores),
        in_unit=False,
    ),
    Member(
        name="forest",
        fit=regression(_extra_trees, learn_filled_narrowing, normal_scores),
        in_unit=False,
    ),
    Member(
        name="process",
        fit=regression(gaussian_process, learn_scaling, normal_scores),
        in_unit=False,
    ),
)

_GRAPHS = Member(name="graphs", fit=standardised_on_labelled(ranked), in_unit=False)

PLUGINS = (
    *variants(
        Predictor(
            name="stacking",
            version="3",
            summary="Boosted trees, extra trees, a Gaussian process, weighted by held-out labels.",
            encoding=encoding("onehot+graf"),
            fit=stack_of(*_MEMBERS),
            in_unit=False,
            stochastic=True,
        ),
        "onehot+graf",
        "onehot+graf+paths",
        "onehot+graf+zc",
        "onehot+graf+paths+zc",
    ),
    *variants(
        Predictor(
            name="stacking_gcn",
            version="3",
            summary="The same stack with a graph convolution that learns to rank.",
            encoding=encoding("onehot+graf"),
            fit=stack_of(*_MEMBERS, _GRAPHS),
            in_unit=False,
            stochastic=True,
        ),
        "onehot+graf",
        "onehot+graf+paths",
        "onehot+graf+zc",
    ),
)
