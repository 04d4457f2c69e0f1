"""Linear regression by least squares; the baseline that a predictor has to justify itself against.

With fewer labels than columns the solution of least norm is taken.
"""

from __future__ import annotations

from harness.encodings import FloatArray, encoding
from harness.plugins.preparation import learn_scaling
from harness.plugins.regression import Regressor, regression
from harness.predictor import Predictor, variants

__all__ = ["PLUGINS"]


def _train(features: FloatArray, labels: FloatArray, seed: int) -> Regressor:
    from sklearn.linear_model import LinearRegression

    trained: Regressor = LinearRegression().fit(features, labels)
    return trained


PLUGINS = variants(
    Predictor(
        name="linear",
        version="1",
        summary="Linear regression by least squares.",
        encoding=encoding("counts"),
        fit=regression(_train, learn_scaling),
        in_unit=True,
    ),
    "counts",
    "zc",
)
