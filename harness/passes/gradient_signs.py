"""On how many images a weight's gradient points up rather than down.

Every image is a batch of its own. Images then do not meet in the network, so that all of them go
through it at once, with batch norms that normalise each image by itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from harness.passes.image_gradients import own_statistics
from harness.passes.layout import at_least_float32, fast_layout
from harness.passes.losses import loss_value
from harness.passes.network_call import explain_errors, in_type_of, single_input
from harness.passes.observation import Pass, PassContext
from harness.passes.subject import INPUTS, LABELS, NETWORK
from harness.passes.watched_layers import gradients_by_weight, watched_forward
from harness.passes.weights import WEIGHTS

if TYPE_CHECKING:
    import torch
    from torch import nn

__all__ = ["GRADIENT_SIGNS", "gradient_signs"]

_NUMBERS_AT_ONCE = 2**24
"""Gradients of one layer that are held at a time; 64 MiB in float32."""


def gradient_signs(
    network: nn.Module, images: torch.Tensor, labels: torch.Tensor
) -> dict[nn.Module, torch.Tensor]:
    """Return the sum over images of the signs of the gradients of each image's cross-entropy.

    Args:
        network: In training mode; left as it was.
        images: ``(n, channels, height, width)``.
        labels: ``(n,)``.

    Returns:
        By convolution or linear layer that the loss depends on: whole numbers from -n to n, one an
        element of its weight, in no particular order. Layers that share a weight are there once.

    Raises:
        UnsupportedError: See `watched_forward`.
    """
    import torch

    logits, calls = watched_forward(
        network, images, lambda norm, x: (own_statistics(norm, x), None)
    )
    outputs = [call.output for call in calls]
    with torch.enable_grad(), explain_errors(network):
        loss = loss_value("cross_entropy", network, logits, labels, reduction="sum")
        outer = torch.autograd.grad(loss, outputs, allow_unused=True)
    with torch.no_grad():
        return {
            layer: at_least_float32(gradients()).flatten(1).sign_().sum(dim=0)
            for layer, gradients in gradients_by_weight(calls, outer)
        }


def _gradient_signs(context: PassContext) -> Mapping[nn.Module, torch.Tensor]:
    import torch

    network, labels = context[NETWORK], context[LABELS]
    images = fast_layout(in_type_of(network, single_input(context[INPUTS])))
    largest = max((weight.numel() for weight in context[WEIGHTS].values()), default=1)
    size = max(1, _NUMBERS_AT_ONCE // largest)
    totals: dict[nn.Module, torch.Tensor] = {}
    for some, theirs in zip(torch.split(images, size), torch.split(labels, size), strict=True):
        for layer, signs in gradient_signs(network, some, theirs).items():
            totals[layer] = totals[layer] + signs if layer in totals else signs
        context.forwards += 1
        context.backwards += 1
    return totals


GRADIENT_SIGNS = Pass(
    name="gradient_signs", compute=_gradient_signs, requires=(NETWORK, INPUTS, LABELS, WEIGHTS)
)
"""What `gradient_signs` returns, of the whole batch, which is taken in parts where layers are wide.

Every image is a batch of its own, so batch norm uses the statistics of one image.

Shape: by layer, a float32 tensor ``(elements of the weight,)``. Unit: images, positive less
negative.
"""
