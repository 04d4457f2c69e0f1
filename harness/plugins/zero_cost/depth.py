"""Depth: a trivial baseline.

    score = convolutions and linear layers on the longest path from the image to the logits

A definition of this package, without a published value. Any convolution or product with a weight
is a layer, as a function or a module; a recurrent layer is one, however long the sequence, and two
stacked ones are two.
"""

from __future__ import annotations

from harness.passes.observation import Observation
from harness.passes.structure import STRUCTURE
from harness.plugin import Direction, ZeroCostProxy

__all__ = ["PLUGIN"]


def _score(observation: Observation) -> float:
    return float(observation[STRUCTURE].depth)


PLUGIN = ZeroCostProxy(
    name="depth",
    version="1",
    summary="Convolutions and linear layers on the longest path.",
    direction=Direction.HIGHER,
    passes=(STRUCTURE,),
    score=_score,
)
