"""Entropy of DeepMAD: the sum of the logarithms of how many inputs each neuron has.

    score = sum over convolution and linear weights of log(inputs of one output)

Inputs of one output are the input channels of a group times the size of the kernel.

Reference: Shen et al.: DeepMAD: Mathematical Architecture Design for Deep Convolutional Neural
Network, CVPR 2023 (arXiv 2303.02165). The factor of the last stage's resolution, its weighting of
stages and the bound on the effectiveness are left out.
"""

import math

from harness.passes.weights import WEIGHTS
from harness.plugin import Direction, ZeroCostProxy


def score(seen):
    return sum(math.log(weight[0].numel()) for weight in seen[WEIGHTS].values())


PLUGIN = ZeroCostProxy(
    name="deepmad",
    version="1",
    summary="Sum over layers of the logarithm of the inputs of a neuron.",
    direction=Direction.HIGHER,
    passes=(WEIGHTS,),
    score=score,
)
