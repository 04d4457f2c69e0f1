"""MeCo: how little redundant the channels of feature maps are.

    score = sum over modules of the smallest eigenvalue of the channel correlation matrix

The matrix is that of the module's output for the first image of the batch, channels x space.

Reference: Jiang, Wang, Bie: MeCo: Zero-Shot NAS with One Data and Single Forward Pass via Minimum
Eigenvalue of Correlation, NeurIPS 2023. As in the release, every module counts, containers and the
network itself included, so the same feature map can count more than once; undefined correlations
are zero. Batch norm sees the whole batch and the correlations the first image. Eigenvalues are
those of a symmetric matrix in float64, where the release uses a general solver in float32.

Outside of convolutional networks, channels are the second axis of what convolutions and their norms
return, and the last axis of what linear layers, layer norms, embeddings and recurrent layers do;
positions are all other axes, such as the tokens of a text. An operator that no innermost module
computes, such as a functional ReLU, counts like a module. A map with no more positions than
channels has a smallest eigenvalue of zero and adds nothing; a network outside of the published
spaces with no other map, as many a transformer of short sequences, is unsupported.
"""

from __future__ import annotations

from harness.passes.channel_correlation import SMALLEST_CORRELATIONS
from harness.passes.observation import Observation
from harness.plugin import Direction, Reference, ZeroCostProxy

__all__ = ["PLUGIN"]


def _score(observation: Observation) -> float:
    return float(observation[SMALLEST_CORRELATIONS].sum())


PLUGIN = ZeroCostProxy(
    name="meco",
    version="1",
    summary="Sum of the smallest eigenvalues of channel correlations.",
    direction=Direction.HIGHER,
    passes=(SMALLEST_CORRELATIONS,),
    score=_score,
    references=(
        Reference(
            metric="spearman",
            value=0.89,
            tolerance=0.05,
            task="nb201-cifar10-test",
            population="all",
            batch=64,
            source="MeCo (NeurIPS 2023), abstract",
        ),
    ),
)
