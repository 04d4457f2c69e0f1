"""L-SWAG: gradients that are steady between batches, times the number of activation patterns.

    score = patterns * sum over layers of log(sum over weights of 1 / std(abs(g)))

g are a weight's loss gradients on the batches; patterns is the number of different columns of the
matrix (samples x units) that says where an activation function returns a positive number.

Reference: Casarin, Escalera, Lanz: L-SWAG: Layer-Sample Wise Activation with Gradients information
for Zero-Shot NAS on Vision Transformers, CVPR 2025 (arXiv 2505.07300), equations 1, 7 and 8; no
code is published. Read as follows: the deviation is that of absolute gradients over two batches,
the halves of the harness's batch, as in ZiCo, from which the paper starts (it says neither how
many batches there are nor over what the variance is); weights with a deviation of zero, and layers
without other weights, are left out. All layers count: the paper chooses by eye, on a plot of the
gradients of a thousand networks of a space, an interval of depths that its text does not state.

The paper's combination of proxies, LIBRA, is no plugin: it takes the proxy that correlates best
with the accuracies of the space, then one with the least information gain about them and one with
the same bias as theirs, so each of its steps needs labels of the space that it is judged on.

Outside of convolutional networks a layer is one weight tensor, see `zico`, and patterns are those
of GELU, SiLU and other activation functions as well as of ReLUs, on maps and sequences. A network
without such an activation is unsupported, as is one without a loss.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from harness.passes.activation_patterns import ACTIVATION_PATTERNS
from harness.passes.backward import HALF_GRADIENTS
from harness.passes.observation import Observation
from harness.plugin import Direction, Stability, ZeroCostProxy

if TYPE_CHECKING:
    import torch

__all__ = ["PLUGIN"]


def _score(observation: Observation) -> float:
    layers = [_layer(*pair) for pair in observation[HALF_GRADIENTS].values()]
    steadiness = sum(math.log(layer) for layer in layers if layer)
    return observation[ACTIVATION_PATTERNS] * steadiness


def _layer(first: torch.Tensor, second: torch.Tensor) -> float:
    """Sum the inverse deviations; that of two values is half their distance."""
    import torch

    distance = (first.abs() - second.abs()).abs_().double()
    return float(torch.where(distance > 0, 2 / distance, 0.0).sum())


PLUGIN = ZeroCostProxy(
    name="l_swag",
    version="1",
    summary="Inverse deviation of gradients, times the number of activation patterns.",
    direction=Direction.HIGHER,
    passes=(HALF_GRADIENTS, ACTIVATION_PATTERNS),
    score=_score,
    stability=Stability(score=0.05, median=0.003, spearman=0.01),
)
