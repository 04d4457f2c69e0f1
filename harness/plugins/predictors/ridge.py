"""Ridge regression; the penalty is chosen by leave-one-out inside the labelled draw."""

from __future__ import annotations

import numpy as np

from harness.encodings import encoding
from harness.plugins.preparation import learn_scaling
from harness.plugins.regression import Regressor, regression
from harness.predictor import Predictor, variants

__all__ = ["PLUGINS"]

_PENALTIES = np.logspace(-4, 2, 13)


def _build(labels: int, seed: int) -> Regressor:
    from sklearn.linear_model import RidgeCV

    model: Regressor = RidgeCV(alphas=_PENALTIES)
    return model


PLUGINS = variants(
    Predictor(
        name="ridge",
        version="1",
        summary="Ridge regression, penalty by leave-one-out.",
        encoding=encoding("onehot"),
        fit=regression(_build, learn_scaling),
        in_unit=True,
    ),
    "onehot",
    "graf",
    "zc",
    "onehot+zc",
)
