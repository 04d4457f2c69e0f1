"""The weights that proxies look at: those of convolutions and linear operators."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from harness.passes.network_errors import require
from harness.passes.observation import Pass, PassContext
from harness.passes.subject import NETWORK

if TYPE_CHECKING:
    import torch
    from torch import nn

    from harness.batches.source import Inputs

__all__ = ["WEIGHTS", "layer_weights"]


def layer_weights(network: nn.Module, inputs: Inputs) -> dict[str, torch.Tensor]:
    """Return the weights of convolutions and linear operators by name, in the network's order.

    Args:
        network: Any; `layer_parameters` tells which weights these are, by a forward pass if need
            be, after which torch's global generator stands where it stood.
        inputs: What the network is called with.
    """
    import torch

    from harness.passes.layer_parameters import layer_parameters

    with torch.random.fork_rng(devices=[]):
        names = layer_parameters(network, inputs).fan_in
    parameters = dict(network.named_parameters())
    return {name: parameters[name] for name in names}


def _weights(context: PassContext) -> Mapping[str, torch.Tensor]:
    from harness.passes.operators import runs_as_modules

    network = context[NETWORK]
    weights = layer_weights(network, context.subject.batch.inputs)
    context.forwards += not runs_as_modules(network)
    return require(weights or None, network, "weight of a convolution or linear operator")


WEIGHTS = Pass(name="weights", compute=_weights, requires=(NETWORK,))
"""Weights of convolutions and linear operators by name, in the network's order.

Which these are, `harness.passes.layer_parameters` says: attention projections and recurrent weights
are among them; biases, norms and embeddings are left out, as in zero-cost-nas (Abdelfattah et al.,
ICLR 2021), unless an embedding is the classifier's weight too. These are the parameters themselves,
not copies. A network without any is unsupported.

Shape: by name, a float32 tensor of the weight's shape. Unit: weights, dimensionless.
"""
