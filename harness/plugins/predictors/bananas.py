"""BANANAS: an ensemble of five perceptrons on the path encoding.

White, Neiswanger, Savani: BANANAS: Bayesian Optimization with Neural Architectures for Neural
Architecture Search, AAAI 2021. Predictions are the mean of the members, which differ in their
initial weights and in the order of the labels.

Deviations: two hidden layers of 64 units in place of ten of 20, which scikit-learn trains poorly
on few labels; squared error on normal scores of labels in place of the paper's relative error,
which needs a known best accuracy; paths are those that most architectures have.
"""

from __future__ import annotations

from harness.encodings import FloatArray, encoding
from harness.plugins.perceptrons import Perceptrons
from harness.plugins.preparation import learn_scaling, normal_scores
from harness.plugins.regression import Regressor, regression
from harness.predictor import Predictor

__all__ = ["PLUGIN"]

_MEMBERS = 5


def _train(features: FloatArray, labels: FloatArray, seed: int) -> Regressor:
    return Perceptrons(members=_MEMBERS, layers=(64, 64), seed=seed).fit(features, labels)


PLUGIN = Predictor(
    name="bananas",
    version="1",
    summary="Ensemble of five perceptrons on the path encoding.",
    encoding=encoding("paths"),
    fit=regression(_train, learn_scaling, normal_scores),
    in_unit=False,
    stochastic=True,
)
