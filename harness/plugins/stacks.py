"""Stacks: several models whose predictions are added with weights learnt on held-out labels.

Wolpert: Stacked generalization, Neural Networks 1992; Breiman: Stacked regressions, Machine
Learning 1996, whose weights are not negative either. Inside the labelled draw, every model
predicts each of `_FOLDS` parts from the others; with P these predictions, one column a model, and
z the normal scores of the labels, the weights minimise

    |z - P w|^2 + r |w - 1/k|^2,    w >= 0

so that few labels leave the k models about equal. A model of the labels themselves is brought to
normal scores by the monotonous map that the labelled draw gives.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from harness.core.identity import derived_seed
from harness.encodings import FloatArray
from harness.plugins.preparation import normal_scores
from harness.plugins.regression import small_seed
from harness.predictor import Fit, Inputs, Labelled, Predict

__all__ = ["Member", "stack_of", "standardised_on_labelled", "to_normal_scores"]

_FOLDS = 3
_PULL = 5.0

Map: TypeAlias = Callable[[FloatArray], FloatArray]


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One model of a stack.

    Attributes:
        name: Part of its seed.
        fit: How it learns.
        in_unit: Whether it predicts in the unit of the labels, rather than normal scores.
    """

    name: str
    fit: Fit
    in_unit: bool


def stack_of(*members: Member) -> Fit:
    """Return a ``fit`` that learns all members and their weights."""

    def fit(labelled: Labelled, seed: int) -> Predict:
        weights = _weights(_held_out(members, labelled, seed), normal_scores(labelled.labels))
        models = [_fitted(member, labelled, seed) for member in members]

        def predict(inputs: Inputs) -> FloatArray:
            parts = [model(inputs) for model in models]
            predictions: FloatArray = weights @ np.stack(parts)
            return predictions

        return predict

    return fit


def to_normal_scores(labels: FloatArray) -> Map:
    """Return the increasing map that takes each label to its normal score.

    Between labels and beyond them it is made of straight lines; all labels equal, it is 0.
    """
    points, first = np.unique(labels, return_index=True)
    heights = normal_scores(labels)[first]
    if len(points) < 2:
        return _zeros
    slope = (heights[-1] - heights[0]) / (points[-1] - points[0])

    def apply(values: FloatArray) -> FloatArray:
        inside = np.clip(values, points[0], points[-1])
        mapped: FloatArray = np.interp(inside, points, heights) + slope * (values - inside)
        return mapped

    return apply


def standardised_on_labelled(model: Fit) -> Fit:
    """Return a model whose predictions have mean 0 and deviation 1 on what it learnt from.

    That is about the scale of normal scores, for a model of which only the order counts.
    """

    def fit(labelled: Labelled, seed: int) -> Predict:
        predict = model(labelled, seed)
        own = predict(labelled.inputs)
        middle, spread = float(own.mean()), float(own.std()) or 1.0
        return lambda inputs: (predict(inputs) - middle) / spread

    return fit


def _zeros(values: FloatArray) -> FloatArray:
    return np.zeros_like(values)


def _fitted(member: Member, labelled: Labelled, seed: int) -> Predict:
    predict = member.fit(labelled, derived_seed(seed, member.name))
    if not member.in_unit:
        return predict
    convert = to_normal_scores(labelled.labels)
    return lambda inputs: convert(predict(inputs))


def _held_out(members: Sequence[Member], labelled: Labelled, seed: int) -> FloatArray:
    """Return shape ``(n, members)``: predictions by models that did not see the label."""
    n = labelled.inputs.n
    parts = np.random.default_rng(small_seed(seed)).permutation(n) % min(_FOLDS, n)
    predicted = np.empty((n, len(members)))
    for part in range(min(_FOLDS, n)):
        inside, outside = np.flatnonzero(parts != part), np.flatnonzero(parts == part)
        training, unseen = labelled.rows(inside), labelled.inputs.rows(outside)
        for column, member in enumerate(members):
            predicted[outside, column] = _fitted(member, training, seed)(unseen)
    return predicted


def _weights(predicted: FloatArray, target: FloatArray) -> FloatArray:
    from scipy.optimize import nnls

    k = predicted.shape[1]
    pull = np.sqrt(_PULL)
    matrix = np.concatenate([predicted, pull * np.eye(k)])
    wanted = np.concatenate([target, np.full(k, pull / k)])
    weights: FloatArray = np.asarray(nnls(matrix, wanted)[0], dtype=np.float64)
    return weights
