"""A trained text graph network as few matrix products, so that a whole space takes a moment.

In evaluation mode a batch norm is a factor and a shift, which go into the weights before it. What
a node of the first layer hears is a count of operators, so the product with the long sentence
vectors is taken once an operator, not once a node. Where the score is read from the global node,
the last layer is computed for that node alone. Numbers are float64: a score does not depend on
what else is scored beside it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from harness.text_graphs.arrays import GraphArrays, node_vectors, normalise
from harness.text_graphs.form import USUAL_NODES, Form, Readout

__all__ = ["Folded", "Weights", "fold", "folded_scores"]

Weights = Mapping[str, NDArray[np.float32]]
"""Arrays of a `TextGraphNetwork` under the names that torch gives them."""

FloatArray = NDArray[np.float64]

_EPSILON = 1e-5  # what torch adds to the variance in a batch norm
_BLOCK = 256  # cells at a time; what they take stays in the processor's cache


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Folded:
    """One network.

    Attributes:
        weights: One array a layer, shape ``(inputs, width)``.
        shifts: One array a layer, shape ``(width,)``.
        head: Shape ``(width,)``.
        offset: Added to every score.
    """

    form: Form
    weights: tuple[FloatArray, ...]
    shifts: tuple[FloatArray, ...]
    head: FloatArray
    offset: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Block:
    """Some cells: who hears whom, what their nodes hear in the first layer, which nodes exist."""

    adjacency: FloatArray
    heard: FloatArray
    present: NDArray[np.bool_]


def fold(form: Form, weights: Weights, spread: float) -> Folded:
    """Fold a network whose scores are divided by `spread`.

    Raises:
        KeyError: An array is missing.
        ValueError: An array has another shape than the form says.
    """
    layers, shifts = [], []
    for layer in range(form.layers):
        norm = f"norms.{layer}."
        variance = weights[f"{norm}running_var"].astype(np.float64)
        factor = weights[f"{norm}weight"] / np.sqrt(variance + _EPSILON)
        layers.append((weights[f"convolutions.{layer}.weight"] * factor[:, None]).T)
        shifts.append(weights[f"{norm}bias"] - weights[f"{norm}running_mean"] * factor)
    head = weights["score.weight"].astype(np.float64)
    if head.shape != (1, form.width) or any(weight.shape[1] != form.width for weight in layers):
        raise ValueError(f"the arrays are not those of a network of {form.width} channels")
    return Folded(
        form=form,
        weights=tuple(layers),
        shifts=tuple(shifts),
        head=head[0] / spread,
        offset=float(weights["score.bias"][0]) / spread,
    )


def folded_scores(members: Sequence[Folded], arrays: GraphArrays) -> FloatArray:
    """Return the mean scores of networks of one form, shape ``(n,)``.

    Raises:
        UnsupportedError: An operator has no description.
        InfrastructureError: A description has no stored vector and there is no transformer.
    """
    form = members[0].form
    nodes = node_vectors(arrays.vocabulary, form.words).astype(np.float64)
    tables = [nodes @ member.weights[0] for member in members]
    shapes = normalise(arrays.shapes) if form.normalised else arrays.shapes
    kinds = np.eye(len(nodes))
    scores = np.empty(len(arrays.operators))
    for start in range(0, len(scores), _BLOCK):
        rows = slice(start, start + _BLOCK)
        operators, adjacency = arrays.operators[rows], shapes[arrays.shape_of[rows]]
        block = _Block(
            adjacency=adjacency,
            heard=adjacency @ kinds[operators],
            present=operators != len(arrays.vocabulary),
        )
        parts = [
            _scores(member, table, block) for member, table in zip(members, tables, strict=True)
        ]
        scores[rows] = np.mean(parts, axis=0)
    return scores


def _scores(network: Folded, table: FloatArray, block: _Block) -> FloatArray:
    from_global = network.form.readout is Readout.GLOBAL
    states = _rectified(block.heard @ table, network.shifts[0])
    for layer in range(1, network.form.layers):
        last = layer == network.form.layers - 1
        into = block.adjacency[:, -1:] if last and from_global else block.adjacency
        states = _rectified((into @ states) @ network.weights[layer], network.shifts[layer])
    if from_global:
        read = states[:, -1]
    else:
        read = (states * block.present[:, :, None])[:, :-1].sum(1) / USUAL_NODES
    scores: FloatArray = read @ network.head + network.offset
    return scores


def _rectified(states: FloatArray, shift: FloatArray) -> FloatArray:
    states += shift
    return np.maximum(states, 0, out=states)
