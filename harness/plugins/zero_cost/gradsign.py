"""GradSign: on how many images a weight's gradient has the same sign.

    score = sum over convolution and linear weights of abs(sum over images of sign(dL_i/dw))

Reference: Zhang, Jia: GradSign: Model Performance Inference with Theoretical Insights, ICLR 2022.
Biases and batch norm are left out. Every image is a batch of its own and batch norm is in training
mode, as in the release, so its statistics are those of one image.

Outside of convolutional networks, projections of attention, recurrent weights and those of
functional calls count; embeddings and norms do not, unless an embedding is the classifier's weight.
A sample of a token network is one text with the loss of all its tokens. The gradients of
convolutions and linear layers come from one pass with all samples. A network that uses a weight in
another way, such as in attention, and one with a loss of its own are run on one sample after the
other, which gives the same number and takes longer.
"""

from __future__ import annotations

from harness.passes.gradient_signs import GRADIENT_SIGNS
from harness.passes.observation import Observation
from harness.plugin import Direction, Reference, Stability, ZeroCostProxy

__all__ = ["PLUGIN"]


def _score(observation: Observation) -> float:
    return float(sum(signs.double().abs().sum() for signs in observation[GRADIENT_SIGNS].values()))


PLUGIN = ZeroCostProxy(
    name="gradsign",
    version="2",
    summary="Agreement of the signs of gradients between images.",
    direction=Direction.HIGHER,
    passes=(GRADIENT_SIGNS,),
    score=_score,
    stability=Stability(score=0.03, median=0.01, spearman=0.001),
    references=(
        Reference(
            metric="spearman",
            value=0.765,
            tolerance=0.05,
            task="nb201-cifar10-validation-connected",
            population="no-unreachable",
            batch=64,
            source="VKDNW (CVPR 2025), Table 1",
        ),
    ),
)
