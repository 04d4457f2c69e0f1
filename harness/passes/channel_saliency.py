"""How much the loss depends on each channel of each layer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.core.errors import UnsupportedError
from harness.passes.backward import BACKWARD, Charging
from harness.passes.forward import FORWARD
from harness.passes.layout import at_least_float32
from harness.passes.observation import Pass, PassContext
from harness.passes.subject import NETWORK
from harness.passes.weights import is_layer, layer_weights

if TYPE_CHECKING:
    import torch
    from torch import nn
    from torch.utils.hooks import RemovableHandle

__all__ = ["CHANNEL_SALIENCY"]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sight:
    layer: nn.Module
    output: torch.Tensor
    version: int


class _Saliency:
    """Meets each layer's output in the forward pass and its gradient in the backward pass."""

    def __init__(self) -> None:
        self._sights: list[_Sight] = []
        self.by_layer: dict[nn.Module, torch.Tensor] = {}

    def wants(self, module: nn.Module) -> bool:
        return is_layer(module)

    def see(self, module: nn.Module, inputs: torch.Tensor, output: torch.Tensor) -> None:
        self._sights.append(_Sight(layer=module, output=output, version=output._version))

    def listen(self, charging: Charging) -> list[RemovableHandle]:
        sights, self._sights = self._sights, []
        return [
            sight.output.register_hook(self._hook(sight, charging))  # type: ignore[no-untyped-call]
            for sight in sights
            if sight.output.requires_grad
        ]

    def _hook(self, sight: _Sight, charging: Charging) -> Callable[[torch.Tensor], None]:
        import torch

        if sight.output._version != sight.version:
            raise UnsupportedError(
                f"the output of {sight.layer} was changed in place; "
                "build the network without in-place layers"
            )

        def hook(gradient: torch.Tensor) -> None:
            with charging(), torch.no_grad():
                saliency = _of_channels(sight, gradient)
                before = self.by_layer.get(sight.layer)
                self.by_layer[sight.layer] = saliency if before is None else before + saliency

        return hook


def _of_channels(sight: _Sight, gradient: torch.Tensor) -> torch.Tensor:
    from torch import nn

    effect = at_least_float32(sight.output.detach()) * at_least_float32(gradient.detach())
    if isinstance(sight.layer, nn.Linear):
        if effect.dim() > 2:  # positions lie between the images and the channels
            effect = effect.flatten(1, -2).sum(1)
    elif effect.dim() == 4:
        effect = effect.sum((2, 3))
    return effect.square().mean(0) / 2


def _channel_saliency(context: PassContext) -> Mapping[str, torch.Tensor]:
    network = context[NETWORK]
    by_layer = context[FORWARD].watcher("channel_saliency", _Saliency).by_layer
    names = {id(weight): name for name, weight in layer_weights(network).items()}
    saliencies: dict[str, torch.Tensor] = {}
    for layer in network.modules():
        if layer in by_layer:
            name = names[id(layer.weight)]
            before = saliencies.get(name)
            saliencies[name] = by_layer[layer] if before is None else before + by_layer[layer]
    unseen = [name for name in context[BACKWARD].gradients if name not in saliencies]
    if unseen:
        raise UnsupportedError(
            f"the loss depends on {unseen[0]!r}, but its layer is not called where it can be "
            "observed; call the layer as a module"
        )
    return saliencies


CHANNEL_SALIENCY = Pass(
    name="channel_saliency",
    compute=_channel_saliency,
    requires=(NETWORK, FORWARD, BACKWARD),
    watch=_Saliency,
    differentiates=True,
)
"""By name of each convolution and linear weight, shape ``(channels,)``: half the mean over images
of the square of the sum over space of output times its loss gradient.

It has no backward pass of its own: it listens to the one of the loss gradients. Layers that the
loss does not depend on are left out. A layer that is called twice counts both calls, and so do
layers that share a weight.

Shape: by name, a float32 tensor ``(channels,)``. Unit: squared nats.
"""
