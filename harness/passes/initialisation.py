"""Weights and images that some proxies draw anew, instead of those of the space and the data set.

Drawn on the CPU from torch's global generator, which the workbench seeds for every pass, so that
all devices get the same weights.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from harness.batches.source import tensors_of
from harness.passes.layout import fast_layout
from harness.passes.network_call import changed

if TYPE_CHECKING:
    import torch
    from torch import nn

    from harness.batches.source import Inputs
    from harness.passes.observation import PassContext

__all__ = ["draw_gaussian", "draw_kaiming", "replaced_embeddings", "standard_normal_inputs"]


def draw_gaussian(network: nn.Module, inputs: Inputs) -> None:
    """Draw the weights of `layer_parameters` from N(0, 1); see `_draw` for the others."""
    _draw(network, inputs, lambda fan_in: 1.0)


def draw_kaiming(network: nn.Module, inputs: Inputs) -> None:
    """Draw the weights of `layer_parameters` from N(0, 2 / fan-in) (He et al., 2015)."""
    _draw(network, inputs, lambda fan_in: math.sqrt(2 / fan_in))


def _draw(network: nn.Module, inputs: Inputs, standard_deviation: Callable[[int], float]) -> None:
    """Draw weights; biases become zero, scales of norms one.

    Other parameters, such as embeddings, keep the numbers that they came with.
    """
    import torch

    from harness.passes.layer_parameters import layer_parameters

    with torch.random.fork_rng(devices=[]):
        known = layer_parameters(network, inputs)
    with torch.no_grad():
        for name, parameter in network.named_parameters():
            if name in known.fan_in:
                deviation = standard_deviation(known.fan_in[name])
                parameter.copy_(torch.randn(parameter.shape) * deviation)
            elif name in known.scales:
                parameter.fill_(1)
            elif name in known.shifts:
                parameter.zero_()


@contextmanager
def replaced_embeddings(
    network: nn.Module, inputs: Inputs, make: Callable[[torch.Tensor], torch.Tensor]
) -> Iterator[None]:
    """Let a network of token ids compute in a block with other numbers than it looks up for them.

    Where an image would be drawn anew, the embedding of the tokens is: it is what the network
    computes with. Nothing happens to a network of real inputs alone.

    Args:
        network: The network.
        inputs: What it is called with in the block.
        make: Maps what it looked up to what it gets instead.
    """
    from harness.passes.operators import OperatorCall, operator_calls

    ids = [tensor for tensor in tensors_of(inputs) if not tensor.is_floating_point()]
    if not ids:
        yield
        return

    def see(call: OperatorCall) -> torch.Tensor | None:
        return make(call.output) if call.looks_up(ids) else None

    with operator_calls(network, {"embedding"}, see):
        yield


def standard_normal_inputs(context: PassContext) -> Inputs:
    """Draw from N(0, 1) inputs with the shapes of the subject's, which are not read.

    Drawn on the CPU from torch's global generator, so that all devices get the same noise. Token
    ids stay as they are; see `replaced_embeddings`.
    """
    import torch

    subject = context.subject

    def draw(real: torch.Tensor) -> torch.Tensor:
        return fast_layout(torch.randn(real.shape).to(subject.device))

    return changed(subject.batch.inputs, draw, real=True)
