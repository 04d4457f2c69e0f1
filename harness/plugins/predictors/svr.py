"""Support vector regression with a radial kernel (Drucker et al. 1997) on normal scores of labels.

Penalty 10, insensitivity 0.05 and kernel width 0.5 are fixed; encodings are brought to one weight
first, so that the width means the same for all of them.
"""

from __future__ import annotations

from harness.encodings import FloatArray, encoding
from harness.plugins.preparation import learn_scaling, normal_scores
from harness.plugins.regression import Regressor, regression
from harness.predictor import Predictor, variants

__all__ = ["PLUGINS"]


def _train(features: FloatArray, labels: FloatArray, seed: int) -> Regressor:
    from sklearn.svm import SVR

    model = SVR(C=10.0, gamma=0.5, epsilon=0.05)
    model.random_state = seed  # without it, a fit draws from numpy's global generator
    trained: Regressor = model.fit(features, labels)
    return trained


PLUGINS = variants(
    Predictor(
        name="svr",
        version="1",
        summary="Support vector regression on ranks.",
        encoding=encoding("onehot"),
        fit=regression(_train, learn_scaling, normal_scores),
        in_unit=False,
    ),
    "onehot",
    "zc",
    "onehot+graf",
    "onehot+graf+zc",
)
