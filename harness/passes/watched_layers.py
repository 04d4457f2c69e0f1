"""One forward pass that remembers how to get each layer's weight gradient for every image.

It serves networks in which images do not meet: how a batch norm has to normalise for that, the
caller says.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, TypeAlias

from harness.core.errors import UnsupportedError
from harness.passes.image_gradients import WeightGradients, weight_gradients
from harness.passes.network_call import See, run_network, unfreeze_parameters, watched_calls

if TYPE_CHECKING:
    import torch
    from torch import nn

__all__ = ["Normalise", "WatchedCall", "gradients_by_weight", "watched_forward"]

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
        UnsupportedError: Another kind of layer has parameters, an output was changed in place, or
            images meet in a layer.
    """
    import torch

    calls: list[WatchedCall] = []
    layers = [layer for layer in network.modules() if _takes_part(layer)]
    see = _recorder(calls, normalise, len(images))
    with torch.enable_grad(), unfreeze_parameters(network), watched_calls(layers, see):
        logits = run_network(network, images)
    for call in calls:
        if call.output._version != call.version:
            raise UnsupportedError(
                f"the output of {call.layer} was changed in place; "
                "build the network without in-place layers"
            )
    return logits, calls


def _takes_part(layer: nn.Module) -> bool:
    from torch import nn

    if isinstance(layer, nn.Conv2d | nn.Linear | nn.BatchNorm2d):
        return True
    if isinstance(layer, nn.modules.batchnorm._BatchNorm):
        raise UnsupportedError(
            f"images meet in {type(layer).__name__}; only batch norms of feature maps are known "
            "here"
        )
    if next(layer.parameters(recurse=False), None) is not None:
        raise UnsupportedError(
            f"{type(layer).__name__} has parameters; only convolutions, linear layers and batch "
            "norms are known here"
        )
    return False


def _recorder(calls: list[WatchedCall], normalise: Normalise, images: int) -> See:
    from torch import nn

    def see(layer: nn.Module, inputs: list[torch.Tensor], output: torch.Tensor) -> torch.Tensor:
        if len(inputs[0]) != images:
            raise UnsupportedError(
                f"{layer} is given {len(inputs[0])} rows for {images} images; keep images the "
                "first dimension to have the gradient of each"
            )
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

    return see


def gradients_by_weight(
    calls: list[WatchedCall], outer: Sequence[torch.Tensor | None]
) -> list[tuple[nn.Module, Callable[[], torch.Tensor]]]:
    """Pair each weight that was used with a function that computes its gradient an image.

    Args:
        calls: What `watched_forward` returned.
        outer: Gradient of the output of each call; None where nothing depends on it.

    Returns:
        By weight, the first layer that used it and a function that returns ``(n, ...)``: the sum
        over all calls of all layers that share it.
    """
    terms: dict[int, tuple[nn.Module, list[Callable[[], torch.Tensor]]]] = {}
    for call, gradient in zip(calls, outer, strict=True):
        if gradient is not None:
            _, own = terms.setdefault(id(call.layer.weight), (call.layer, []))
            own.append(partial(call.gradients, gradient))
    return [(layer, partial(_sum, own)) for layer, own in terms.values()]


def _sum(terms: list[Callable[[], torch.Tensor]]) -> torch.Tensor:
    first, *others = terms
    total = first()
    for other in others:
        term = other()
        if term.shape != total.shape:
            raise UnsupportedError(
                "layers of different shape share a weight, whose gradient an image is not known "
                "here; give each its own"
            )
        total += term
    return total
