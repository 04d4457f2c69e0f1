"""Random forest of 300 trees with scikit-learn's other settings (Breiman 2001).

``random_forest-zc`` on the thirteen proxies of NAS-Bench-Suite-Zero is the baseline that new
proxies and predictors are seen beside.
"""

from __future__ import annotations

from harness.encodings import encoding
from harness.plugins.preparation import learn_imputation
from harness.plugins.regression import Regressor, regression
from harness.predictor import Predictor, variants

__all__ = ["PLUGINS"]

_TREES = 300


def _build(labels: int, seed: int) -> Regressor:
    from sklearn.ensemble import RandomForestRegressor

    model: Regressor = RandomForestRegressor(n_estimators=_TREES, random_state=seed, n_jobs=1)
    return model


PLUGINS = variants(
    Predictor(
        name="random_forest",
        version="1",
        summary="Random forest of 300 trees.",
        encoding=encoding("onehot"),
        fit=regression(_build, learn_imputation),
        in_unit=True,
        stochastic=True,
    ),
    "onehot",
    "graf",
    "zc",
    "graf+zc",
)
