"""The neural tangent kernel of the untrained network, without a backward pass for each image.

When images do not meet in the network, one backward pass from the sum of all logits gives every
layer's gradient for every image. The weight gradients of one layer at a time are then multiplied
out, and only their inner products are kept.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.core.errors import ContractError
from harness.passes.buffers import scratch_buffers
from harness.passes.image_gradients import (
    WeightGradients,
    constant_statistics,
    weight_gradients,
)
from harness.passes.layout import fast_layout
from harness.passes.observation import Pass, PassContext
from harness.passes.subject import INPUTS, NETWORK

if TYPE_CHECKING:
    import torch
    from torch import nn

__all__ = ["TANGENT_KERNEL", "tangent_kernel"]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Call:
    """One call of a layer with a weight.

    Attributes:
        output: What it returned, with batch norm's statistics as constants.
        version: Torch's count of changes to `output` by then.
    """

    layer: nn.Module
    output: torch.Tensor
    version: int
    gradients: WeightGradients


def tangent_kernel(network: nn.Module, images: torch.Tensor) -> torch.Tensor:
    """Return ``J J^T``, row i of J being the gradient of image i's summed logits by all weights.

    Weights are those of convolutions, linear layers and batch norms; biases are left out. Batch
    norm normalises by the statistics of the batch, which count as constants, so that images do not
    meet. The network is left as it was.

    Returns:
        Matrix ``(n, n)``, float64.

    Raises:
        ContractError: Another kind of layer has parameters, or an output was changed in place.
    """
    import torch

    logits, calls = _watched_forward(network, images)
    outputs = [call.output for call in calls]
    gradients = torch.autograd.grad(logits.sum(), outputs, allow_unused=True)
    kernel = logits.new_zeros((len(images), len(images)), dtype=torch.float64)
    with torch.no_grad():
        for call, gradient in zip(calls, gradients, strict=True):
            if gradient is not None:
                rows = call.gradients(gradient).flatten(1).double()
                kernel += rows @ rows.T
    return kernel


def _watched_forward(network: nn.Module, images: torch.Tensor) -> tuple[torch.Tensor, list[_Call]]:
    import torch

    calls: list[_Call] = []
    handles = [
        layer.register_forward_hook(_recorder(calls))
        for layer in network.modules()
        if _takes_part(layer)
    ]
    try:
        with torch.enable_grad(), scratch_buffers(network):
            logits: torch.Tensor = network(images)
    finally:
        for handle in handles:
            handle.remove()
    for call in calls:
        if call.output._version != call.version:
            raise ContractError(
                f"the output of {call.layer} was changed in place; "
                "build the network without in-place layers"
            )
    return logits, calls


def _takes_part(layer: nn.Module) -> bool:
    from torch import nn

    known = isinstance(layer, nn.Conv2d | nn.Linear | nn.BatchNorm2d)
    if not known and next(layer.parameters(recurse=False), None) is not None:
        raise ContractError(
            f"{type(layer).__name__} has parameters; only convolutions, linear layers and batch "
            "norms are known here"
        )
    return known


def _recorder(calls: list[_Call]) -> Callable[..., torch.Tensor]:
    from torch import nn

    def hook(
        layer: nn.Module, inputs: tuple[torch.Tensor, ...], output: torch.Tensor
    ) -> torch.Tensor:
        match layer:
            case nn.BatchNorm2d():
                output, gradients = constant_statistics(layer, inputs[0])
                if not layer.affine:
                    return output
            case nn.Conv2d() | nn.Linear():
                gradients = weight_gradients(layer, inputs[0])
            case _:
                return output
        version = output._version
        calls.append(_Call(layer=layer, output=output, version=version, gradients=gradients))
        return output

    return hook


def _tangent_kernel(context: PassContext) -> torch.Tensor:
    kernel = tangent_kernel(context[NETWORK], fast_layout(context[INPUTS]))
    context.forwards += 1
    context.backwards += 1
    return kernel


TANGENT_KERNEL = Pass(name="tangent_kernel", compute=_tangent_kernel, requires=(NETWORK, INPUTS))
"""``J J^T`` of the batch, ``(n, n)``, float64: see `tangent_kernel`.

It has a forward and a backward pass of its own, because batch norm's statistics are constants
here; no pass that the others share says what single images do.
"""
