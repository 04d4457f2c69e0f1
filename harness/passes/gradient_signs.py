"""On how many images a weight's gradient points up rather than down."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from harness.passes.buffers import scratch_buffers
from harness.passes.layout import fast_layout
from harness.passes.observation import Pass, PassContext
from harness.passes.subject import INPUTS, LABELS, NETWORK
from harness.passes.weights import WEIGHTS

if TYPE_CHECKING:
    import torch

__all__ = ["GRADIENT_SIGNS"]


def _gradient_signs(context: PassContext) -> Mapping[str, torch.Tensor]:
    import torch
    from torch.nn import functional

    network, weights = context[NETWORK], context[WEIGHTS]
    totals = {name: torch.zeros_like(weight) for name, weight in weights.items()}
    images = torch.split(fast_layout(context[INPUTS]), 1)
    with torch.enable_grad(), scratch_buffers(network):
        for image, label in zip(images, torch.split(context[LABELS], 1), strict=True):
            loss = functional.cross_entropy(network(image), label)
            gradients = torch.autograd.grad(loss, list(weights.values()), allow_unused=True)
            for total, gradient in zip(totals.values(), gradients, strict=True):
                if gradient is not None:
                    total.add_(gradient.sign())
            context.forwards += 1
            context.backwards += 1
    return totals


GRADIENT_SIGNS = Pass(
    name="gradient_signs", compute=_gradient_signs, requires=(NETWORK, INPUTS, LABELS, WEIGHTS)
)
"""By name of each convolution and linear weight: the sum over images of the sign of its gradient.

Every image is a batch of its own, so batch norm uses the statistics of one image. It takes a
forward and a backward pass per image.
"""
