"""One forward pass that remembers how to get each layer's weight gradient for every image.

It serves networks in which images do not meet: how a batch norm has to normalise for that, the
caller says.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from harness.core.errors import ContractError
from harness.passes.buffers import scratch_buffers
from harness.passes.image_gradients import WeightGradients, weight_gradients

if TYPE_CHECKING:
    import torch
    from torch import nn

__all__ = ["Normalise", "WatchedCall", "watched_forward"]

Normalise: TypeAlias = Callable[
    ["nn.BatchNorm2d", "torch.Tensor"], tuple["torch.Tensor", WeightGradients | None]
]
"""Maps a batch norm and its input to its output, and to the gradients of its weight if wanted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchedCall:
    """One call of a layer with a weight.

    Attributes:
        layer: The layer.
        output: What it returned.
        version: Torch's count of changes to `output` by then.
        gradients: Maps the gradient of `output` to that of the weight for each image.
    """

    layer: nn.Module
    output: torch.Tensor
    version: int
    gradients: WeightGradients


def watched_forward(
    network: nn.Module, images: torch.Tensor, normalise: Normalise
) -> tuple[torch.Tensor, list[WatchedCall]]:
    """Run a network, with a graph, and watch its layers; the network is left as it was.

    Returns:
        Logits ``(n, classes)``, and the calls of convolutions, linear layers and those batch norms
        whose gradients `normalise` gives, in their order.

    Raises:
        ContractError: Another kind of layer has parameters, or an output was changed in place.
    """
    import torch

    calls: list[WatchedCall] = []
    handles = [
        layer.register_forward_hook(_recorder(calls, normalise))
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


def _recorder(calls: list[WatchedCall], normalise: Normalise) -> Callable[..., torch.Tensor]:
    from torch import nn

    def hook(
        layer: nn.Module, inputs: tuple[torch.Tensor, ...], output: torch.Tensor
    ) -> torch.Tensor:
        gradients: WeightGradients | None = None
        match layer:
            case nn.BatchNorm2d():
                output, gradients = normalise(layer, inputs[0])
            case nn.Conv2d() | nn.Linear():
                gradients = weight_gradients(layer, inputs[0])
        if gradients is not None:
            version = output._version
            calls.append(
                WatchedCall(layer=layer, output=output, version=version, gradients=gradients)
            )
        return output

    return hook
