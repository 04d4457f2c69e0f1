"""The weights that proxies look at: those of convolutions and linear operators."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from harness.isolation import isolated_generators
from harness.passes.network_call import require
from harness.passes.observation import Pass, PassContext
from harness.passes.subject import NETWORK

if TYPE_CHECKING:
    import torch
    from torch import nn

__all__ = ["WEIGHTS", "is_layer", "layer_weights"]


def is_layer(module: nn.Module) -> bool:
    """Tell whether a module is a convolution or a linear layer."""
    from torch import nn

    return isinstance(module, nn.Conv2d | nn.Linear)


def layer_weights(network: nn.Module) -> Mapping[str, torch.Tensor]:
    """Return the weights of convolution and linear modules by name."""
    layers = {name for name, module in network.named_modules() if is_layer(module)}
    return {
        name: parameter
        for name, parameter in network.named_parameters()
        if name.rpartition(".")[0] in layers and name.endswith(".weight")
    }


def _weights(context: PassContext) -> Mapping[str, torch.Tensor]:
    from harness.passes.layer_parameters import layer_parameters
    from harness.passes.operators import runs_as_modules

    network, subject = context[NETWORK], context.subject
    with isolated_generators(context.seed, subject.device):
        names = layer_parameters(network, subject.batch.inputs).fan_in
    context.forwards += not runs_as_modules(network)
    require(names or None, network, "weight of a convolution or linear operator")
    parameters = dict(network.named_parameters())
    return {name: parameters[name] for name in names}


WEIGHTS = Pass(name="weights", compute=_weights, requires=(NETWORK,))
"""Weights of convolutions and linear operators by name, in the network's order.

Which these are, `harness.passes.layer_parameters` says: attention projections and recurrent weights
are among them; biases, norms and embeddings are left out, as in zero-cost-nas (Abdelfattah et al.,
ICLR 2021), unless an embedding is the classifier's weight too. These are the parameters themselves,
not copies. A network without any is unsupported.

Shape: by name, a float32 tensor of the weight's shape. Unit: weights, dimensionless.
"""
