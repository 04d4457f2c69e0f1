"""MeCo_opt: MeCo on eight random channels of each feature map.

    score = sum over modules of (n / 8) * smallest eigenvalue of the correlations of 8 channels

of the n channels of the module's output for the first image of the batch.

Reference: Jiang, Wang, Bie: MeCo: Zero-Shot NAS with One Data and Single Forward Pass via Minimum
Eigenvalue of Correlation, NeurIPS 2023. As in the release, every module counts, containers and the
network itself included, and draws its own channels; undefined correlations are zero. Deviations: a
feature map of fewer than eight channels counts with all of them, unscaled (the release cannot score
such a network); batch norm sees the whole batch, where the release runs one image; eigenvalues are
those of a symmetric matrix in float64.

Outside of convolutional networks, channels are the second axis of what convolutions and their norms
return, and the last axis of what linear layers, layer norms, embeddings and recurrent layers do;
positions are all other axes, such as the tokens of a text. An operator that no innermost module
computes, such as a functional ReLU, counts like a module. A map with no more positions than
channels drawn adds nothing; a network outside of the published spaces with no other map is
unsupported.
"""

from __future__ import annotations

from harness.passes.channel_correlation import SUBSET_CORRELATIONS
from harness.passes.observation import Observation
from harness.plugin import Direction, ZeroCostProxy

__all__ = ["PLUGIN"]


def _score(observation: Observation) -> float:
    return sum(observation[SUBSET_CORRELATIONS])


PLUGIN = ZeroCostProxy(
    name="meco_opt",
    version="1",
    summary="Sum of the smallest eigenvalues of correlations of eight random channels.",
    direction=Direction.HIGHER,
    passes=(SUBSET_CORRELATIONS,),
    score=_score,
)
