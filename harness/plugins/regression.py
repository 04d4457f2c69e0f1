"""Makes a predictor's ``fit`` of a regression model in the manner of scikit-learn."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, Protocol, TypeAlias, TypeVar

import numpy as np

from harness.encodings import Features, FloatArray
from harness.plugins.preparation import Transform
from harness.predictor import Fit, Inputs, Labelled, Predict, Predictions, UncertainFit

__all__ = ["Enlarged", "Regressor", "as_given", "regression", "small_seed", "uncertain_regression"]


class Regressor(Protocol):
    """What is asked of a trained model."""

    def predict(self, X: FloatArray) -> FloatArray:  # noqa: N803 - scikit-learn's name
        """Predict shape ``(n,)`` from features of shape ``(n, d)``."""
        ...


Model = TypeVar("Model", bound=Regressor)
Train: TypeAlias = Callable[[FloatArray, FloatArray, int], Model]
"""Trains a model on features of shape ``(n, d)`` and labels of shape ``(n,)``, with a seed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Enlarged(Generic[Model]):
    """A model that learnt labels times a factor."""

    model: Model
    factor: float

    def predict(self, X: FloatArray) -> FloatArray:  # noqa: N803 - scikit-learn's name
        """Predict in the unit of the labels."""
        return np.asarray(self.model.predict(X), dtype=np.float64) / self.factor


def as_given(labels: FloatArray) -> FloatArray:
    """Return the labels themselves: predictions are then in their unit."""
    return labels


def regression(
    train: Train[Regressor],
    prepare: Callable[[Features], Transform],
    target: Callable[[FloatArray], FloatArray] = as_given,
) -> Fit:
    """Return a ``fit`` that prepares features and trains a model.

    Args:
        train: Trains the model; heavy imports belong inside.
        prepare: Learns from the labelled draw how features become a matrix.
        target: What the model learns of the labels.
    """

    def fit(labelled: Labelled, seed: int) -> Predict:
        transform = prepare(labelled.inputs.features)
        model = _trained(train, transform, target, labelled, seed)

        def predict(inputs: Inputs) -> FloatArray:
            return np.asarray(model.predict(transform(inputs.features)), dtype=np.float64)

        return predict

    return fit


def uncertain_regression(
    train: Train[Model],
    deviations: Callable[[Model, FloatArray], FloatArray],
    prepare: Callable[[Features], Transform],
    target: Callable[[FloatArray], FloatArray] = as_given,
) -> UncertainFit:
    """Return the same for a model that says how sure it is.

    Args:
        train: As of `regression`.
        deviations: Returns standard deviations of a trained model's predictions, in the unit of
            what it learnt, shape ``(n,)``, from features of shape ``(n, d)``.
        prepare: As of `regression`.
        target: As of `regression`.
    """

    def fit(labelled: Labelled, seed: int) -> Callable[[Inputs], Predictions]:
        transform = prepare(labelled.inputs.features)
        model = _trained(train, transform, target, labelled, seed)

        def predict(inputs: Inputs) -> Predictions:
            matrix = transform(inputs.features)
            return Predictions(values=model.predict(matrix), deviations=deviations(model, matrix))

        return predict

    return fit


def _trained(
    train: Train[Model],
    transform: Transform,
    target: Callable[[FloatArray], FloatArray],
    labelled: Labelled,
    seed: int,
) -> Model:
    features = transform(labelled.inputs.features)
    return train(features, target(labelled.labels), small_seed(seed))


def small_seed(seed: int) -> int:
    """Return a seed as scikit-learn takes it, below 2**32."""
    return seed % 2**32
