"""The neural tangent kernel of the untrained network, without a backward pass for each image.

When images do not meet in the network, one backward pass from the sum of all logits gives every
layer's gradient for every image. The weight gradients of one layer at a time are then multiplied
out, and only their inner products are kept.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.passes.image_gradients import WeightGradients, constant_statistics
from harness.passes.layout import fast_layout
from harness.passes.network_call import explain_errors, in_type_of, require, single_input
from harness.passes.observation import Pass, PassContext
from harness.passes.subject import INPUTS, NETWORK
from harness.passes.watched_layers import gradients_by_weight, watched_forward

if TYPE_CHECKING:
    import torch
    from torch import nn

__all__ = ["TANGENT_KERNEL", "tangent_kernel"]


def tangent_kernel(network: nn.Module, images: torch.Tensor) -> torch.Tensor:
    """Return ``J J^T``, row i of J being the gradient of image i's summed logits by all weights.

    Weights are those of convolutions, linear layers and batch norms; biases are left out. Batch
    norm normalises by the statistics of the batch, which count as constants, so that images do not
    meet. The network is left as it was.

    Returns:
        Matrix ``(n, n)``, float64.

    Raises:
        UnsupportedError: See `watched_forward`.
    """
    import torch

    logits, calls = watched_forward(network, images, _normalise)
    require(calls or None, network, "layer with weights")
    outputs = [call.output for call in calls]
    with explain_errors(network):
        outer = torch.autograd.grad(logits.sum(), outputs, allow_unused=True)
    kernel = logits.new_zeros((len(images), len(images)), dtype=torch.float64)
    with torch.no_grad():
        for _, gradients in gradients_by_weight(calls, outer):
            rows = gradients().flatten(1).double()
            kernel += rows @ rows.T
    return kernel


def _normalise(
    norm: nn.BatchNorm2d, images: torch.Tensor
) -> tuple[torch.Tensor, WeightGradients | None]:
    output, gradients = constant_statistics(norm, images)
    return output, gradients if norm.affine else None


def _tangent_kernel(context: PassContext) -> torch.Tensor:
    network = context[NETWORK]
    inputs = single_input(context[INPUTS])
    kernel = tangent_kernel(network, fast_layout(in_type_of(network, inputs)))
    context.forwards += 1
    context.backwards += 1
    return kernel


TANGENT_KERNEL = Pass(name="tangent_kernel", compute=_tangent_kernel, requires=(NETWORK, INPUTS))
"""``J J^T`` of the batch, ``(n, n)``, float64: see `tangent_kernel`.

It has a forward and a backward pass of its own, because batch norm's statistics are constants
here; no pass that the others share says what single images do.

Shape: float64 tensor ``(n, n)``. Unit: squared logits per squared unit of the weights.
"""
