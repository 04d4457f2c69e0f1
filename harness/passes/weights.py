"""The weights that proxies look at: those of convolutions and linear layers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from harness.core.errors import UnsupportedError
from harness.passes.observation import Pass, PassContext
from harness.passes.subject import NETWORK

if TYPE_CHECKING:
    import torch
    from torch import nn

__all__ = ["WEIGHTS", "is_layer", "layer_weights"]


class _NoWeights(Mapping[str, "torch.Tensor"]):
    """Stands for weights that cannot be looked at, and says why whenever these are read."""

    def __init__(self, reason: str) -> None:
        self._reason = reason

    def __getitem__(self, name: str) -> torch.Tensor:
        raise UnsupportedError(self._reason)

    def __iter__(self) -> Iterator[str]:
        raise UnsupportedError(self._reason)

    def __len__(self) -> int:
        raise UnsupportedError(self._reason)


def is_layer(module: nn.Module) -> bool:
    """Tell whether a module is a convolution or a linear layer."""
    from torch import nn

    return isinstance(module, nn.Conv2d | nn.Linear)


def layer_weights(network: nn.Module) -> Mapping[str, torch.Tensor]:
    """Return the weights of convolutions and linear layers by name, in the network's order.

    A weight that several layers share is there once, under the first of its names.

    Raises:
        UnsupportedError: There are none, or one is computed of other parameters; raised where the
            returned mapping is read.
    """
    layers = {name: module for name, module in network.named_modules() if is_layer(module)}
    computed = [name for name, layer in layers.items() if layer._parameters.get("weight") is None]
    if computed:
        return _NoWeights(
            f"the weight of layer {computed[0]!r} is computed of other parameters, as by "
            "weight_norm; take the parametrization off to have its weights scored"
        )
    if not layers:
        return _NoWeights(
            f"{type(network).__name__} has no two-dimensional convolution and no linear layer, so "
            "there is nothing to score"
        )
    weights: dict[str, torch.Tensor] = {}
    known: set[int] = set()
    for name, parameter in network.named_parameters(remove_duplicate=False):
        layer, _, kind = name.rpartition(".")
        if kind == "weight" and layer in layers and id(parameter) not in known:
            known.add(id(parameter))
            weights[name] = parameter
    return weights


def _weights(context: PassContext) -> Mapping[str, torch.Tensor]:
    return layer_weights(context[NETWORK])


WEIGHTS = Pass(name="weights", compute=_weights, requires=(NETWORK,))
"""Weights of convolutions and linear layers by name, in the network's order.

Biases and batch norm are left out, as in zero-cost-nas (Abdelfattah et al., ICLR 2021). These are
the parameters themselves, not copies. See `layer_weights` for networks that have none.

Shape: by name, a float32 tensor of the weight's shape. Unit: weights, dimensionless.
"""
