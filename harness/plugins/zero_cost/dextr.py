"""Dextr: well conditioned feature maps, and an output that bends as the input goes round a circle.

    score = s k / (s + k),  s = log(1 + sum over outputs of smallest / largest singular value),
    k = log(1 + curvature),  curvature = sqrt(vv aa - va va) / vv**1.5

Singular values are those of every module's output for one image, channels x positions. v and a are
the first and second derivative of the logits at a point of a circle of radius one in a random
plane of images; vv, aa and va are ten times the mean over logits of their products.

Reference: Asthana, Conrad, Ortmanns, Belagiannis: Dextr: Zero-Shot Neural Architecture Search with
Singular Value Decomposition and Extrinsic Curvature, 2025 (arXiv 2508.12977). As in the release,
the network is in training mode and sees one image, the first of the batch; every module counts,
containers and the network itself included; what has one position has ratio 1, and a map of zeros
ratio 0; k is that of one point; where the logits do not depend on the image, the curvature is not
defined and the score is s. Deviation: the release draws ten logits, with replacement; ten times the
mean over all logits is what their sums are expected to be, and needs no draw.

Outside of convolutional networks, channels are the last axis of what linear layers and norms return
for one sample and positions all others. An operator that no innermost module computes, such as a
functional GELU, counts like a module. Token ids cannot move: the circle is one of what the network
looks up for them. Where one image has one position at a batch norm, the network is unsupported, as
is one that torch cannot differentiate three times.
"""

from __future__ import annotations

import math

from harness.passes.observation import Observation
from harness.passes.one_sample import MAP_CONDITIONING, OUTPUT_CURVATURE
from harness.plugin import Direction, Stability, ZeroCostProxy

__all__ = ["PLUGIN"]

_COORDINATES = 10
"""Logits that the release looks at."""


def _score(observation: Observation) -> float:
    conditioning = math.log1p(sum(observation[MAP_CONDITIONING]))
    curvature = _curvature(observation)
    if math.isnan(curvature):
        return conditioning
    bend = math.log1p(curvature)
    return conditioning * bend / (conditioning + bend) if conditioning + bend else 0.0


def _curvature(observation: Observation) -> float:
    """Return the curvature of the logits' path; NaN where they do not move."""
    import torch

    speed, bend = observation[OUTPUT_CURVATURE]
    scale = _COORDINATES / len(speed)
    vv, aa, va = (
        scale * float(torch.dot(*pair)) for pair in ((speed, speed), (bend, bend), (speed, bend))
    )
    if vv == 0:
        return math.nan
    area = math.sqrt(max(vv * aa - va * va, 0.0))
    return float(area / vv**1.5)


PLUGIN = ZeroCostProxy(
    name="dextr",
    version="1",
    summary="Conditioning of feature maps and curvature of the output's path.",
    direction=Direction.HIGHER,
    passes=(MAP_CONDITIONING, OUTPUT_CURVATURE),
    score=_score,
    stability=Stability(score=0.03, median=0.01),
)
