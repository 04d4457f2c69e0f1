"""Gaussian process with a Weisfeiler-Lehman kernel on the graphs themselves.

Ru, Wan, Dong, Osborne: Interpretable Neural Architecture Search via Bayesian Optimisation with
Weisfeiler-Lehman Kernels, ICLR 2021. Every node starts with its operation as label; in each of h
rounds it takes a new label from its own, the labels before it and the labels after it. With c the
counts of all labels of all rounds,

    cos(a, b) = c(a) c(b) / (|c(a)| |c(b)|),    k(a, b) = exp((cos(a, b) - 1) / l^2) + t [a = b]

Rounds h, length l and noise t maximise the marginal likelihood of the labelled draw over a grid,
with the strength in closed form. Labels of architectures are taken as normal scores.

Deviations: the exponential around the cosine, where the paper uses the counts' plain product; both
directions of edges; operations ``none``, which carry nothing, are taken out of the graph.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np

from harness.encodings import FloatArray, encoding
from harness.plugins.preparation import normal_scores
from harness.plugins.weisfeiler_lehman import cosines
from harness.predictor import Inputs, Labelled, Predict, Predictor

__all__ = ["PLUGIN"]

_ROUNDS = (1, 2, 3)
_LENGTHS = (0.25, 0.5, 1.0, 2.0)
_NOISES = (0.01, 0.05, 0.2, 0.5)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Choice:
    evidence: float
    rounds: int
    length: float
    weights: FloatArray


def _fit(labelled: Labelled, seed: int) -> Predict:
    graphs = labelled.inputs.subjects.graphs
    target = normal_scores(labelled.labels)
    similar = {rounds: cosines(graphs, graphs, rounds) for rounds in _ROUNDS}
    chosen = max(
        (
            _choice(_kernel(similar[rounds], length), target, noise, (rounds, length))
            for rounds, length, noise in itertools.product(_ROUNDS, _LENGTHS, _NOISES)
        ),
        key=lambda choice: choice.evidence,
    )

    def predict(inputs: Inputs) -> FloatArray:
        unseen = cosines(inputs.subjects.graphs, graphs, chosen.rounds)
        predictions: FloatArray = _kernel(unseen, chosen.length) @ chosen.weights
        return predictions

    return predict


def _kernel(similar: FloatArray, length: float) -> FloatArray:
    kernel: FloatArray = np.exp((similar - 1.0) / length**2)
    return kernel


def _choice(
    kernel: FloatArray, target: FloatArray, noise: float, where: tuple[int, float]
) -> _Choice:
    """Solve for the weights; the strength that fits best is (target, weights) / n."""
    from scipy.linalg import cho_factor, cho_solve

    n = len(target)
    factor, lower = cho_factor(kernel + noise * np.eye(n), lower=True)
    weights: FloatArray = cho_solve((factor, lower), target)
    # Equal labels are all zero by now; then any choice predicts zero.
    strength = max(float(target @ weights) / n, float(np.finfo(np.float64).tiny))
    evidence = -0.5 * n * np.log(strength) - float(np.log(np.diag(factor)).sum())
    rounds, length = where
    return _Choice(evidence=float(evidence), rounds=rounds, length=length, weights=weights)


PLUGIN = Predictor(
    name="gp_wl",
    version="1",
    summary="Gaussian process with a Weisfeiler-Lehman kernel on graphs.",
    encoding=encoding("graph"),
    fit=_fit,
    in_unit=False,
)
