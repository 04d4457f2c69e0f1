"""Means of perceptrons that differ in their seed."""

from __future__ import annotations

from typing import Self

import numpy as np

from harness.core.identity import derived_seed
from harness.encodings import FloatArray

__all__ = ["Perceptrons"]

_EPOCHS = 300
_RATE = 0.003
_DECAY = 0.001


class Perceptrons:
    """An ensemble of scikit-learn's perceptrons; one member is a plain perceptron.

    Args:
        members: How many.
        layers: Units of each hidden layer.
        seed: Seed of weights and batches.
    """

    def __init__(self, *, members: int, layers: tuple[int, ...], seed: int) -> None:
        from sklearn.neural_network import MLPRegressor

        self._models = [
            MLPRegressor(
                hidden_layer_sizes=layers,
                learning_rate_init=_RATE,
                alpha=_DECAY,
                max_iter=_EPOCHS,
                random_state=derived_seed(seed, "member", str(member)) % 2**32,
            )
            for member in range(members)
        ]

    def fit(self, X: FloatArray, y: FloatArray) -> Self:  # noqa: N803 - scikit-learn's names
        """Train every member; one that is still improving at the last epoch is accepted."""
        import warnings

        from sklearn.exceptions import ConvergenceWarning

        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)
            for model in self._models:
                model.fit(_unit_columns(X), y)
        return self

    def predict(self, X: FloatArray) -> FloatArray:  # noqa: N803 - scikit-learn's names
        """Return the mean of the members, shape ``(n,)``."""
        predictions: FloatArray = np.mean(
            [model.predict(_unit_columns(X)) for model in self._models], axis=0
        )
        return predictions


def _unit_columns(matrix: FloatArray) -> FloatArray:
    """Undo that columns share the weight of their encoding: units expect a size of about one."""
    scaled: FloatArray = matrix * np.sqrt(matrix.shape[1])
    return scaled
