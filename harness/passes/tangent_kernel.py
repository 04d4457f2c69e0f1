"""The neural tangent kernel of the untrained network, without keeping the gradient of each sample.

When samples do not meet in the network, one backward pass from the sum of all outputs gives every
operator's gradient for every sample. The weight gradients of one operator at a time are then
multiplied out, and only their inner products are kept. Networks whose operators do not allow that
are run on one sample after the other.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING

from harness.passes.image_gradients import WeightGradients, constant_statistics
from harness.passes.layout import at_least_float32, fast_layout
from harness.passes.network_call import differentiating, in_type_of, logits_of
from harness.passes.network_errors import require
from harness.passes.observation import Pass, PassContext
from harness.passes.sample_by_sample import FrozenStatistics, gradients_of_samples
from harness.passes.subject import INPUTS, NETWORK
from harness.passes.watched_layers import NotKnown, gradients_by_weight, watched_forward

if TYPE_CHECKING:
    import torch
    from torch import nn

    from harness.batches.source import Inputs
    from harness.passes.operators import OperatorCall

__all__ = ["TANGENT_KERNEL", "tangent_kernel"]

_NUMBERS_AT_ONCE = 2**27
"""Gradients of all samples that are held at a time; 512 MiB in float32."""


def tangent_kernel(network: nn.Module, inputs: Inputs) -> torch.Tensor:
    """Return ``J J^T``, row i of J being the gradient of sample i's summed outputs by all weights.

    Weights are those of `harness.passes.weights` and the scales of norms; biases are left out.
    Batch norm normalises by the statistics of the batch, which count as constants, so that samples
    do not meet. The network is left as it was.

    Returns:
        Matrix ``(n, n)``, float64.
    """
    return _kernel(network, inputs)[0]


def _kernel(network: nn.Module, inputs: Inputs) -> tuple[torch.Tensor, int, int]:
    """Return the kernel, and the numbers of forward and backward passes that it took."""
    import torch

    from harness.passes.layer_parameters import layer_parameters

    with torch.random.fork_rng(devices=[]):
        known = layer_parameters(network, inputs)
    wanted = {
        name: parameter
        for name, parameter in network.named_parameters()
        if name in known.fan_in or name in known.scales
    }
    require(wanted or None, network, "layer with weights")
    if isinstance(inputs, torch.Tensor):
        with suppress(NotKnown):
            return _at_once(network, inputs, wanted), 1, 1
    return _sample_by_sample(network, inputs, wanted)


def _at_once(
    network: nn.Module, inputs: torch.Tensor, wanted: Mapping[str, torch.Tensor]
) -> torch.Tensor:
    import torch

    inputs = fast_layout(inputs)
    output, watched = watched_forward(network, inputs, wanted, _normalise)
    with torch.enable_grad(), differentiating(network):
        logits = logits_of(network, output)
        total = logits.sum()
    kernel = logits.new_zeros((len(inputs), len(inputs)), dtype=torch.float64)
    for _, gradients in gradients_by_weight(watched, total):
        rows = gradients.flatten(1).double()
        kernel += rows @ rows.T
    return kernel


def _normalise(norm: OperatorCall) -> tuple[torch.Tensor, WeightGradients | None]:
    output, gradients = constant_statistics(norm)
    return output, gradients if norm.tensor("weight") is not None else None


def _sample_by_sample(
    network: nn.Module, inputs: Inputs, wanted: Mapping[str, torch.Tensor]
) -> tuple[torch.Tensor, int, int]:
    import torch

    run = FrozenStatistics(network, inputs)
    size = run.samples
    kernel = torch.zeros((size, size), dtype=torch.float64)

    def value(sample: slice) -> torch.Tensor:
        return logits_of(network, run(sample)).sum()

    blocks = list(_blocks(wanted, _NUMBERS_AT_ONCE // size))
    for weights in blocks:
        rows = torch.stack(
            [
                torch.cat([at_least_float32(gradient).flatten() for gradient in gradients])
                for gradients in gradients_of_samples(network, size, value, weights)
            ]
        ).double()
        kernel += (rows @ rows.T).to(kernel)
    backwards = size * len(blocks)
    return kernel, 1 + backwards, backwards


def _blocks(weights: Mapping[str, torch.Tensor], most: int) -> Iterator[dict[str, torch.Tensor]]:
    """Yield the weights in blocks of at most so many elements, or of one weight."""
    block: dict[str, torch.Tensor] = {}
    for name, weight in weights.items():
        if block and sum(other.numel() for other in block.values()) + weight.numel() > most:
            yield block
            block = {}
        block[name] = weight
    if block:
        yield block


def _tangent_kernel(context: PassContext) -> torch.Tensor:
    network = context[NETWORK]
    inputs = in_type_of(network, context[INPUTS])
    kernel, context.forwards, context.backwards = _kernel(network, inputs)
    return kernel


TANGENT_KERNEL = Pass(name="tangent_kernel", compute=_tangent_kernel, requires=(NETWORK, INPUTS))
"""``J J^T`` of the batch, ``(n, n)``, float64: see `tangent_kernel`.

It has a forward and a backward pass of its own, because batch norm's statistics are constants
here; no pass that the others share says what single samples do.

Shape: float64 tensor ``(n, n)``. Unit: squared logits per squared unit of the weights.
"""
