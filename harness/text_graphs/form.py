"""What a text graph network looks like, without the libraries that train it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from harness.text_graphs.words import Words

__all__ = ["USUAL_NODES", "Form", "Readout"]

USUAL_NODES = 8
"""Divides sums over nodes, which keeps them near the size of one node's channels."""


class Readout(StrEnum):
    """What of the last layer the score is read from."""

    GLOBAL = "global"
    SUM = "sum"


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """Shape of the network, and what it reads.

    Attributes:
        layers: Graph convolutions: 2 in the paper, 4 in the code.
        normalised: Whether the adjacency is divided by the square roots of both degrees, as in
            the paper; the code does not.
        width: Channels of a layer.
        readout: The global node, as in both, or the sum over the others.
        words: How operators become vectors.
    """

    layers: int = 2
    normalised: bool = True
    width: int = 64
    readout: Readout = Readout.GLOBAL
    words: Words = Words.SHORT
