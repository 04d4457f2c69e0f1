"""ZiCo: gradients that are large and steady from batch to batch.

    score = sum over layers of log(sum over weights of mean(abs(g)) / std(g))

g are a weight's loss gradients on the batches.

Reference: Li, Yang, Bhardwaj, Marculescu: ZiCo: Zero-shot NAS via inverse coefficient of variation
on gradients, ICLR 2023. Two batches are used, the halves of the harness's batch, so that ZiCo sees
no more images than other proxies; the release takes two whole batches. The standard deviation is
that of the population; weights with a deviation of zero, and layers without other weights, are left
out, as in the release.

Outside of convolutional networks a layer is one weight tensor: projections of attention (packed
ones are one), recurrent weights and those of functional calls count; embeddings and norms do not,
unless an embedding is the classifier's weight. The loss is that of the data set: per token and per
pixel it is a mean over positions.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from harness.passes.backward import HALF_GRADIENTS
from harness.passes.observation import Observation
from harness.plugin import Direction, Reference, Stability, ZeroCostProxy

if TYPE_CHECKING:
    import torch

__all__ = ["PLUGIN"]


def _score(observation: Observation) -> float:
    layers = [_layer(*pair) for pair in observation[HALF_GRADIENTS].values()]
    return sum(math.log(value) for value in map(float, layers) if value != 0)


def _layer(first: torch.Tensor, second: torch.Tensor) -> torch.Tensor:
    """Of two values the mean is half the sum, and the deviation half the distance."""
    import torch

    distance = (first - second).abs_()
    ratio = first.abs().add_(second.abs()).div_(distance)
    return torch.where(distance > 0, ratio, 0.0).sum(dtype=torch.float64)


PLUGIN = ZeroCostProxy(
    name="zico",
    version="1",
    summary="Inverse coefficient of variation of gradients over two half batches.",
    direction=Direction.HIGHER,
    passes=(HALF_GRADIENTS,),
    score=_score,
    stability=Stability(score=0.05, median=0.003, spearman=0.01),
    references=(
        Reference(
            metric="spearman",
            value=0.802,
            tolerance=0.05,
            task="nb201-cifar10-validation-connected",
            population="no-unreachable",
            batch=64,
            source="VKDNW (CVPR 2025), Table 1",
        ),
    ),
)
