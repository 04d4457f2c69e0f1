"""Gaussian process with a Matérn kernel on normal scores of labels (Rasmussen and Williams 2006).

    k(a, b) = s M(|a - b| / l) + t [a = b]

with M the Matérn kernel of smoothness 5/2. Strength s, length l and noise t maximise the marginal
likelihood of the first `_MOST` labels of the draw, which is in random order: each step of that
search takes time in proportion to the cube of their number. Encodings are brought to one weight
first, so one length serves. Deviations are those of the process, with the noise t.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.encodings import FloatArray, encoding
from harness.plugins.preparation import learn_scaling, normal_scores
from harness.plugins.regression import uncertain_regression
from harness.predictor import Predictor, variants

if TYPE_CHECKING:
    from sklearn.gaussian_process import GaussianProcessRegressor

__all__ = ["PLUGINS", "deviations_of_process", "gaussian_process"]

_MOST = 400


def gaussian_process(
    features: FloatArray, labels: FloatArray, seed: int
) -> GaussianProcessRegressor:
    """Train the process; the seed does not matter.

    A maximum at the edge of the search is accepted silently.
    """
    import warnings

    from sklearn.exceptions import ConvergenceWarning
    from sklearn.gaussian_process import GaussianProcessRegressor
    from sklearn.gaussian_process.kernels import ConstantKernel, Matern, WhiteKernel

    kernel = ConstantKernel(1.0, (0.05, 200.0)) * Matern(1.0, (0.05, 50.0), nu=2.5)
    kernel += WhiteKernel(0.1, (1e-4, 1.0))
    process = GaussianProcessRegressor(kernel, random_state=0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        process.fit(features[:_MOST], labels[:_MOST])
    if len(labels) > _MOST:
        process.set_params(kernel=process.kernel_, optimizer=None)
        process.fit(features, labels)
    return process


def deviations_of_process(process: GaussianProcessRegressor, features: FloatArray) -> FloatArray:
    """Return deviations of the process with its noise, shape ``(n,)``."""
    deviations: FloatArray = process.predict(features, return_std=True)[1]
    return deviations


PLUGINS = variants(
    Predictor(
        name="gp",
        version="2",
        summary="Gaussian process with a Matérn kernel on ranks.",
        encoding=encoding("onehot"),
        fit=uncertain_regression(
            gaussian_process, deviations_of_process, learn_scaling, normal_scores
        ),
        in_unit=False,
    ),
    "onehot",
    "zc",
    "onehot+graf",
    "onehot+graf+zc",
)
