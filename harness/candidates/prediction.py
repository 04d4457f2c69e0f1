"""A predictor that learns from every label and predicts the candidates."""

from __future__ import annotations

import numpy as np

from harness.catalog import LoadedPredictor
from harness.core.errors import ContractError
from harness.core.identity import derived_seed
from harness.encodings.subjects import Subjects
from harness.learning.fits import Fits
from harness.metrics.values import FloatArray
from harness.predictor import Labelled, inputs_of
from harness.records.fit import FitFailed

__all__ = ["predict_rest"]


def predict_rest(
    loaded: LoadedPredictor, subjects: Subjects, labels: FloatArray, seed: int
) -> FloatArray:
    """Learn from the first of some architectures and predict the others.

    Args:
        loaded: The predictor.
        subjects: Labelled architectures, then those to predict; they are encoded together.
        labels: Of the first of them, higher is better.
        seed: Seed of the predictor.

    Returns:
        Predictions of the others, in their order, higher is better.

    Raises:
        ContractError: The fit failed.
    """
    inputs = inputs_of(subjects, loaded.plugin.encoding)
    known = np.arange(len(labels))
    rest = np.arange(len(labels), subjects.n)
    nobody = np.empty(0, dtype=np.int64)
    unlabelled = inputs.rows(rest if loaded.plugin.semi_supervised else nobody)
    labelled = Labelled(inputs=inputs.rows(known), labels=labels, unlabelled=unlabelled)
    fit_seed = derived_seed(seed, "fit", loaded.name, "all labels")
    result = Fits(loaded).result(labelled, inputs.rows(rest), fit_seed)
    if isinstance(result, FitFailed):
        raise ContractError(
            f"{loaded.name} was taken by the held-out labels and failed on all of them: "
            f"{result.reason}; leave it out"
        )
    return result.values
