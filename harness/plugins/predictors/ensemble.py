"""Mean of a linear model, trees and a Gaussian process, with equal weights.

Ridge regression, a random forest and a Gaussian process learn normal scores of the labels, each
with the settings of its own plugin, and their predictions are averaged. Which member is to weigh
more is for held-out labels to say (`stacking`); a few cannot tell, and equal weights need none. A
member that is unsure predicts close to the mean of the labels, and has less to say of the order.

The prediction is taken as a draw of one member: its variance is the mean of the members' variances
plus the variance of their predictions (Lakshminarayanan et al. 2017, section 2.4).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from harness.core.identity import derived_seed
from harness.encodings import encoding
from harness.plugins.predictors.gp import deviations_of_process, gaussian_process
from harness.plugins.predictors.random_forest import deviations_of_trees, random_forest
from harness.plugins.predictors.ridge import deviations_left_out, ridge_regression
from harness.plugins.preparation import learn_filled_narrowing, learn_scaling, normal_scores
from harness.plugins.regression import uncertain_regression
from harness.predictor import Inputs, Labelled, Predictions, Predictor, UncertainFit, variants

__all__ = ["PLUGINS", "mean_of"]

_MEMBERS: Mapping[str, UncertainFit] = {
    "ridge": uncertain_regression(
        ridge_regression, deviations_left_out, learn_scaling, normal_scores
    ),
    "forest": uncertain_regression(
        random_forest, deviations_of_trees, learn_filled_narrowing, normal_scores
    ),
    "process": uncertain_regression(
        gaussian_process, deviations_of_process, learn_scaling, normal_scores
    ),
}


def mean_of(members: Mapping[str, UncertainFit]) -> UncertainFit:
    """Return a ``fit`` that learns all members and averages what they predict.

    Args:
        members: By name, which is part of their seeds. All predict in one unit, with deviations.
    """

    def fit(labelled: Labelled, seed: int) -> Callable[[Inputs], Predictions]:
        fitted = [member(labelled, derived_seed(seed, name)) for name, member in members.items()]

        def predict(inputs: Inputs) -> Predictions:
            parts = [member(inputs) for member in fitted]
            values = np.stack([part.values for part in parts])
            variances = [part.deviations**2 for part in parts if part.deviations is not None]
            return Predictions(
                values=values.mean(axis=0),
                deviations=np.sqrt(np.mean(variances, axis=0) + values.var(axis=0)),
            )

        return predict

    return fit


PLUGINS = variants(
    Predictor(
        name="ensemble",
        version="2",
        summary="Mean of ridge regression, a random forest and a Gaussian process on ranks.",
        encoding=encoding("onehot"),
        fit=mean_of(_MEMBERS),
        in_unit=False,
        stochastic=True,
    ),
    "onehot",
    "zc",
    "onehot+graf+zc",
)
