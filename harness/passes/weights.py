"""The weights that proxies look at: those of convolutions and linear layers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from harness.passes.observation import Pass, PassContext
from harness.passes.subject import NETWORK

if TYPE_CHECKING:
    import torch
    from torch import nn

__all__ = ["WEIGHTS", "is_layer"]


def is_layer(module: nn.Module) -> bool:
    """Tell whether a module is a convolution or a linear layer."""
    from torch import nn

    return isinstance(module, nn.Conv2d | nn.Linear)


def _weights(context: PassContext) -> Mapping[str, torch.Tensor]:
    network = context[NETWORK]
    layers = {name for name, one in network.named_modules() if is_layer(one)}
    found: dict[str, torch.Tensor] = {}
    for name, parameter in network.named_parameters():
        layer, _, kind = name.rpartition(".")
        if kind == "weight" and layer in layers:
            found[name] = parameter
    return found


WEIGHTS = Pass(name="weights", compute=_weights, requires=(NETWORK,))
"""Weights of convolutions and linear layers by name, in the network's order.

Biases and batch norm are left out, as in zero-cost-nas (Abdelfattah et al., ICLR 2021). These are
the parameters themselves, not copies.
"""
