"""Makes a predictor's ``fit`` of a regression model in the manner of scikit-learn."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeAlias, TypeVar

import numpy as np

from harness.encodings import Features, FloatArray
from harness.plugins.preparation import Transform
from harness.predictor import Fit, Inputs, Labelled, Predict, Predictions, UncertainFit

__all__ = [
    "Regressor",
    "UncertainRegressor",
    "as_given",
    "regression",
    "small_seed",
    "uncertain_regression",
]


class Regressor(Protocol):
    """What is asked of a model."""

    def fit(self, X: FloatArray, y: FloatArray) -> object:  # noqa: N803 - scikit-learn's names
        """Learn from features of shape ``(n, d)`` and labels of shape ``(n,)``."""
        ...

    def predict(self, X: FloatArray) -> FloatArray:  # noqa: N803 - scikit-learn's names
        """Predict shape ``(n,)`` from features of shape ``(n, d)``."""
        ...


class UncertainRegressor(Regressor, Protocol):
    """A model that says how sure it is."""

    def deviations(self, X: FloatArray) -> FloatArray:  # noqa: N803 - scikit-learn's names
        """Return standard deviations of the predictions, shape ``(n,)``, of shape ``(n, d)``."""
        ...


Build: TypeAlias = Callable[[int, int], Regressor]
"""Builds an untrained model from the number of labels and a seed."""


Model = TypeVar("Model", bound=Regressor)


def as_given(labels: FloatArray) -> FloatArray:
    """Return the labels themselves: predictions are then in their unit."""
    return labels


def regression(
    build: Build,
    prepare: Callable[[Features], Transform],
    target: Callable[[FloatArray], FloatArray] = as_given,
) -> Fit:
    """Return a ``fit`` that prepares features, builds a model and trains it.

    Args:
        build: Builds the model; heavy imports belong inside.
        prepare: Learns from the labelled draw how features become a matrix.
        target: What the model learns of the labels.
    """

    def fit(labelled: Labelled, seed: int) -> Predict:
        transform = prepare(labelled.inputs.features)
        model = _trained(build, transform, target, labelled, seed)

        def predict(inputs: Inputs) -> FloatArray:
            return np.asarray(model.predict(transform(inputs.features)), dtype=np.float64)

        return predict

    return fit


def uncertain_regression(
    build: Callable[[int, int], UncertainRegressor],
    prepare: Callable[[Features], Transform],
    target: Callable[[FloatArray], FloatArray] = as_given,
) -> UncertainFit:
    """Return the same for a model that says how sure it is, in the unit of what it learns."""

    def fit(labelled: Labelled, seed: int) -> Callable[[Inputs], Predictions]:
        transform = prepare(labelled.inputs.features)
        model = _trained(build, transform, target, labelled, seed)

        def predict(inputs: Inputs) -> Predictions:
            matrix = transform(inputs.features)
            return Predictions(values=model.predict(matrix), deviations=model.deviations(matrix))

        return predict

    return fit


def _trained(
    build: Callable[[int, int], Model],
    transform: Transform,
    target: Callable[[FloatArray], FloatArray],
    labelled: Labelled,
    seed: int,
) -> Model:
    model = build(labelled.inputs.n, small_seed(seed))
    model.fit(transform(labelled.inputs.features), target(labelled.labels))
    return model


def small_seed(seed: int) -> int:
    """Return a seed as scikit-learn takes it, below 2**32."""
    return seed % 2**32
