"""WRCor: how differently a network responds to different samples, late layers first.

    score = log abs det K,  K = sum over activations of 2**c (abs corr(a) + abs corr(g))

a are the inputs of an activation function and g the gradients of the loss by them, both samples x
units, and corr their correlations between samples; c is the number of cells before it.

Reference: Jing, Chen, Xu, Tai, Wang, Li: Zero-Shot Neural Architecture Search with Weighted
Response Correlation, 2025 (arXiv 2507.08841); in the released code ``act_grad_cor_weighted``. As
there, a matrix with an undefined correlation is left out, and two equal samples make K singular
and the score not finite. Deviations: in the release's NAS-Bench-201 the last ReLU writes to its
input, which its correlations see; here its input counts. In its NAS-Bench-101 the stem and each
pool between stacks count as a cell; here cells alone do. The vote that the paper adds is not part
of it.

Since K doubles with every cell, the score contains (number of cells) x (number of samples) x log 2:
between networks of different depth it says first how many cells there are.

Outside of convolutional networks all activation functions count, GELU, SiLU, tanh and gates as
well as ReLUs. Cells are modules with ``is_cell = True``, or the outermost modules of classes that
torch does not define and torch's transformer layers; without any, c is the number of activations
before. Samples must be the first axis of what an activation returns, else a network is unsupported.
An activation in place is seen after it.
"""

from __future__ import annotations

import math

from harness.core.errors import UndefinedError
from harness.passes.determinant import log_abs_determinant
from harness.passes.observation import Observation
from harness.passes.response_correlation import RESPONSE_CORRELATIONS
from harness.plugin import Direction, ZeroCostProxy

__all__ = ["PLUGIN"]


def _score(observation: Observation) -> float:
    import torch

    responses = observation[RESPONSE_CORRELATIONS]
    cells = [response.cells for response in responses]
    exponents = cells if any(cells) else range(len(cells))
    last = max(exponents)
    matrices = [
        math.ldexp(1.0, exponent - last) * correlations
        for exponent, response in zip(exponents, responses, strict=True)
        for correlations in (response.activation, response.gradient)
        if correlations is not None
    ]
    if not matrices:
        raise UndefinedError(
            "no layer's activations or gradients differ between samples, so nothing is correlated"
        )
    kernel = torch.stack(matrices).sum(dim=0)  # divided by 2**last
    logarithm = log_abs_determinant(kernel, "activations and gradients")
    return logarithm + len(kernel) * last * math.log(2)


PLUGIN = ZeroCostProxy(
    name="wrcor",
    version="1",
    summary="Log-determinant of weighted correlations of activations and gradients.",
    direction=Direction.HIGHER,
    passes=(RESPONSE_CORRELATIONS,),
    score=_score,
)
