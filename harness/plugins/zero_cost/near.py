"""NEAR: how many dimensions the values before and after activation functions span.

    score = sum over layers of exp(-sum over i of p_i log(p_i))

p are the singular values of the layer's output, scaled to a sum of one. The output is a matrix of
positions x channels, of which as many rows count as there are channels.

Reference: Husistein, Reiher, Eckhoff: NEAR: A Training-Free Pre-Estimator of Machine Learning Model
Performance, ICLR 2025 (arXiv 2408.08776). As in the release, the outputs of all modules with a
weight and of all activation functions count, norms included, with the network in training mode.
Deviations: the network sees the whole batch at once, where the release runs one sample after the
other until a layer has rows enough; the rows are then consecutive ones of all samples, at places
that are spread evenly over the layers, where the release draws the place and can be left with fewer
rows than channels. A layer with fewer rows than channels counts with all of them. Weights are drawn
once, where the release can average over draws: average over seeds instead.

Outside of convolutional networks, rows are the positions of all samples, such as the tokens of all
texts, and columns the last axis. Linear operators, norms, embeddings and recurrent layers count
like convolutions, each projection of attention by itself. A softmax does not count. The score grows
with width and depth by its definition.
"""

from __future__ import annotations

from harness.passes.effective_rank import EFFECTIVE_RANKS
from harness.passes.observation import Observation
from harness.plugin import Direction, ZeroCostProxy

__all__ = ["PLUGIN"]


def _score(observation: Observation) -> float:
    return sum(observation[EFFECTIVE_RANKS])


PLUGIN = ZeroCostProxy(
    name="near",
    version="1",
    summary="Sum of the effective ranks of what layers and activations return.",
    direction=Direction.HIGHER,
    passes=(EFFECTIVE_RANKS,),
    score=_score,
)
