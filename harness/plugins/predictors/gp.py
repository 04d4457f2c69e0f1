"""Gaussian process with a Matérn kernel on normal scores of labels (Rasmussen and Williams 2006).

    k(a, b) = s M(|a - b| / l) + t [a = b]

with M the Matérn kernel of smoothness 5/2. Strength s, length l and noise t maximise the marginal
likelihood of the first `_MOST` labels of the draw, which is in random order: each step of that
search takes time in proportion to the cube of their number. Encodings are brought to one weight
first, so one length serves. Deviations are those of the process, with the noise t.
"""

from __future__ import annotations

from harness.encodings import FloatArray, encoding
from harness.plugins.preparation import learn_scaling, normal_scores
from harness.plugins.regression import UncertainRegressor, uncertain_regression
from harness.predictor import Predictor, variants

__all__ = ["PLUGINS", "gaussian_process"]


_MOST = 400


class _Process:
    """scikit-learn's process; a maximum at the edge of the search is accepted silently."""

    def __init__(self) -> None:
        from sklearn.gaussian_process import GaussianProcessRegressor
        from sklearn.gaussian_process.kernels import ConstantKernel, Matern, WhiteKernel

        kernel = ConstantKernel(1.0, (0.05, 200.0)) * Matern(1.0, (0.05, 50.0), nu=2.5)
        kernel += WhiteKernel(0.1, (1e-4, 1.0))
        self._model = GaussianProcessRegressor(kernel, random_state=0)

    def fit(self, X: FloatArray, y: FloatArray) -> object:  # noqa: N803 - scikit-learn's names
        import warnings

        from sklearn.exceptions import ConvergenceWarning

        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)
            self._model.fit(X[:_MOST], y[:_MOST])
        if len(y) > _MOST:
            self._model.set_params(kernel=self._model.kernel_, optimizer=None)
            self._model.fit(X, y)
        return self

    def predict(self, X: FloatArray) -> FloatArray:  # noqa: N803 - scikit-learn's names
        predictions: FloatArray = self._model.predict(X)
        return predictions

    def deviations(self, X: FloatArray) -> FloatArray:  # noqa: N803 - scikit-learn's names
        deviations: FloatArray = self._model.predict(X, return_std=True)[1]
        return deviations


def gaussian_process(labels: int, seed: int) -> UncertainRegressor:
    """Build the untrained model; neither number matters."""
    return _Process()


PLUGINS = variants(
    Predictor(
        name="gp",
        version="2",
        summary="Gaussian process with a Matérn kernel on ranks.",
        encoding=encoding("onehot"),
        fit=uncertain_regression(gaussian_process, learn_scaling, normal_scores),
        in_unit=False,
    ),
    "onehot",
    "zc",
    "onehot+graf",
    "onehot+graf+zc",
)
