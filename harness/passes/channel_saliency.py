"""How much the loss depends on each channel of each layer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.core.errors import ContractError
from harness.passes.backward import BACKWARD, Charging
from harness.passes.forward import FORWARD
from harness.passes.observation import Pass, PassContext
from harness.passes.subject import NETWORK
from harness.passes.weights import is_layer

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
        self.found: dict[nn.Module, torch.Tensor] = {}

    def wants(self, module: nn.Module) -> bool:
        return is_layer(module)

    def see(self, module: nn.Module, inputs: torch.Tensor, output: torch.Tensor) -> None:
        self._sights.append(_Sight(layer=module, output=output, version=output._version))

    def listen(self, charging: Charging) -> list[RemovableHandle]:
        sights, self._sights = self._sights, []
        return [
            one.output.register_hook(self._hook(one, charging))  # type: ignore[no-untyped-call]
            for one in sights
            if one.output.requires_grad
        ]

    def _hook(self, sight: _Sight, charging: Charging) -> Callable[[torch.Tensor], None]:
        import torch

        if sight.output._version != sight.version:
            raise ContractError(
                f"the output of {sight.layer} was changed in place; "
                f"build the network without in-place layers"
            )

        def hook(gradient: torch.Tensor) -> None:
            with charging(), torch.no_grad():
                saliency = _of_channels(sight.output, gradient)
                before = self.found.get(sight.layer)
                self.found[sight.layer] = saliency if before is None else before + saliency

        return hook


def _of_channels(output: torch.Tensor, gradient: torch.Tensor) -> torch.Tensor:
    effect = output.detach() * gradient.detach()
    if effect.dim() == 4:
        effect = effect.sum((2, 3))
    return effect.square().mean(0) / 2


def _channel_saliency(context: PassContext) -> Mapping[str, torch.Tensor]:
    found = context[FORWARD].watcher("channel_saliency", _Saliency).found
    return {
        f"{name}.weight" if name else "weight": found[layer]
        for name, layer in context[NETWORK].named_modules()
        if layer in found
    }


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
loss does not depend on are left out. A layer that is called twice counts both calls.
"""
