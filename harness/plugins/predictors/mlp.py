"""Multilayer perceptron on normal scores of labels: two hidden layers of 64 rectified units.

scikit-learn's Adam, rate 0.003, weight decay 0.001, at most 300 epochs, all fixed.
"""

from __future__ import annotations

from harness.encodings import FloatArray, encoding
from harness.plugins.perceptrons import Perceptrons
from harness.plugins.preparation import learn_scaling, normal_scores
from harness.plugins.regression import Regressor, regression
from harness.predictor import Predictor, variants

__all__ = ["PLUGINS"]


def _train(features: FloatArray, labels: FloatArray, seed: int) -> Regressor:
    return Perceptrons(members=1, layers=(64, 64), seed=seed).fit(features, labels)


PLUGINS = variants(
    Predictor(
        name="mlp",
        version="1",
        summary="Multilayer perceptron on ranks.",
        encoding=encoding("onehot"),
        fit=regression(_train, learn_scaling, normal_scores),
        in_unit=False,
        stochastic=True,
    ),
    "onehot",
    "zc",
    "onehot+graf+zc",
)
