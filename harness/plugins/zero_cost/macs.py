"""Multiply-accumulates of convolutions and linear layers: the baseline that Eproxy's alpha invites.

    score = multiply-accumulates of a forward pass with one image

`flops` counts batch norms, ReLUs and pools too. Products of matrices, those of attention with and
without a weight, and recurrent layers count, as functions or modules; embeddings are free.
"""

from __future__ import annotations

from harness.passes.observation import Observation
from harness.passes.structure import STRUCTURE
from harness.plugin import Direction, ZeroCostProxy

__all__ = ["PLUGIN"]


def _score(observation: Observation) -> float:
    return float(observation[STRUCTURE].multiply_accumulates)


PLUGIN = ZeroCostProxy(
    name="macs",
    version="1",
    summary="Multiply-accumulates of one image.",
    direction=Direction.HIGHER,
    passes=(STRUCTURE,),
    score=_score,
)
