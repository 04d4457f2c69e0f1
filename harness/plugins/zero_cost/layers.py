"""Number of layers: a trivial baseline.

    score = number of convolutions and linear layers

Layers whose output nothing uses count. The published value is that of the number of trainable
layers in Table 1 of Tybl and Neumann (VKDNW, CVPR 2025), who count parameter tensors, batch norms
included; on NAS-Bench-201 every convolution of a cell brings the same number of these, so the
order is the same.

Of networks outside of the ten spaces it is the number of weights of convolutions and linear
operators: attention has one for each projection (one for those that are packed), a recurrent layer
two, and a weight that several layers share counts once.
"""

from __future__ import annotations

from harness.passes.observation import Observation
from harness.passes.structure import STRUCTURE
from harness.plugin import Direction, Reference, ZeroCostProxy

__all__ = ["PLUGIN"]


def _score(observation: Observation) -> float:
    return float(observation[STRUCTURE].layers)


PLUGIN = ZeroCostProxy(
    name="layers",
    version="1",
    summary="Number of convolutions and linear layers.",
    direction=Direction.HIGHER,
    passes=(STRUCTURE,),
    score=_score,
    references=(
        Reference(
            metric="spearman",
            value=0.767,
            tolerance=0.02,
            task="nb201-cifar10-validation-connected",
            population="no-unreachable",
            batch=0,
            source="VKDNW (CVPR 2025), Table 1, number of trainable layers",
        ),
    ),
)
