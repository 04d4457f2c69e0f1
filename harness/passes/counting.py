"""Costs of a network by counting: parameters, multiply-accumulates, FLOPs.

``flops`` has the definition behind the ``flops`` column of NAS-Bench-Suite-Zero (Krishnakumar et
al., NeurIPS 2022), which NASLib takes from the counter of tensorwatch. For one image:

=====================  =========================================================================
convolution            one per multiply-accumulate, and one per output element if it has a bias
batch norm             two per element with affine parameters, otherwise one
ReLU and its kin       one per element
average, max pool      kernel height x kernel width per output element
adaptive pool          (rows + 1) x (columns + 1) of the window, per output element
linear                 one per multiply-accumulate; the bias is free
=====================  =========================================================================

The two ones in the adaptive pool are an error of the original counter; stored values contain it.
Everything else (sums, identity, flatten, other layers) is free. A layer that is called twice
counts twice, where the original counts its last call.

In networks of other operators (see `harness.passes.operators.runs_as_modules`) these count as well:
convolutions and pools of one and three dimensions and transposed convolutions as above; every
other norm like a batch norm; GELU, SiLU and other smooth activations like ReLU, sigmoid and tanh
free; products of matrices, attention and recurrent layers one per multiply-accumulate; embeddings
free.

``multiply_accumulates`` counts convolutions and linear operators alone, products of matrices and
those of attention and of recurrent layers among them, without biases.
"""

from __future__ import annotations

import math
from contextlib import nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from harness.passes.buffers import scratch_buffers
from harness.passes.network_call import call_network, kept_modes

if TYPE_CHECKING:
    import torch
    from torch import nn

    from harness.batches.source import Inputs
    from harness.passes.observation import OperatorKind
    from harness.passes.operators import OperatorCall

__all__ = ["Cost", "count_parameters", "measure", "measure_call"]

_COUNTED: tuple[OperatorKind, ...] = (
    "convolution",
    "linear",
    "product",
    "recurrent",
    "attention",
    "normalisation",
    "relu",
    "activation",
    "pool",
)
_FREE = ("sigmoid", "tanh", "mean")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """Costs of one forward pass with one sample.

    Attributes:
        parameters: Number of parameters of the network.
        multiply_accumulates: Of convolutions and linear operators.
        flops: Of all operators, by the definition of this module.
    """

    parameters: int
    multiply_accumulates: int
    flops: int


def count_parameters(network: nn.Module) -> int:
    """Count the elements of all parameters, shared ones once."""
    return sum(parameter.numel() for parameter in network.parameters())


def measure(network: nn.Module, shape: tuple[int, ...]) -> Cost:
    """Count costs of one sample of zeros; see `measure_call`.

    Args:
        network: Network on any device. On ``meta`` nothing is computed, yet the pass takes longer
            than computing a small network.
        shape: Shape of one sample, e.g. channels, height and width.
    """
    import torch

    like = next(network.parameters(), torch.empty(0))
    return measure_call(network, like.new_zeros((1, *shape)))


def measure_call(network: nn.Module, inputs: Inputs) -> Cost:
    """Count costs in one forward pass in evaluation mode; the network is left as it was."""
    import torch

    from harness.passes.operators import operator_calls, runs_as_modules

    counts: list[tuple[int, int]] = []

    def see(call: OperatorCall) -> None:
        counts.append((_multiply_accumulates(call), _flops(call)))

    buffers = nullcontext() if runs_as_modules(network) else scratch_buffers(network)
    with kept_modes(network), buffers, torch.no_grad():
        network.eval()  # one sample has no batch statistics
        with operator_calls(network, _COUNTED, see):
            call_network(network, inputs)
    return Cost(
        parameters=count_parameters(network),
        multiply_accumulates=sum(products for products, _ in counts),
        flops=sum(flops for _, flops in counts),
    )


def _flops(call: OperatorCall) -> int:
    match call.kind:
        case "convolution":
            bias = call.output.numel() if call.tensor("bias") is not None else 0
            return _multiply_accumulates(call) + bias
        case "normalisation":
            return call.input.numel() * (1 if call.tensor("weight") is None else 2)
        case "relu" | "activation":
            return 0 if call.function in _FREE else call.input.numel()
        case "pool":
            return _pool(call)
        case _:
            return _multiply_accumulates(call)


def _multiply_accumulates(call: OperatorCall) -> int:
    output, weight = call.output, call.tensor("weight")
    match call.kind:
        case "convolution" if weight is not None:
            transposed = call.function.startswith("conv_transpose")
            return (call.input if transposed else output).numel() * weight[0].numel()
        case "linear":
            return output.numel() * call.input.shape[-1]
        case "recurrent":
            steps = call.input.numel() // call.input.shape[-1]
            return steps * sum(matrix.numel() for matrix in call.recurrent_weights)
        case "attention":
            query, key, value = (_required(call, name) for name in ("query", "key", "value"))
            pairs = query.numel() // query.shape[-1] * key.shape[-2]
            return pairs * (query.shape[-1] + value.shape[-1])
        case "product":
            return output.numel() * max((summed for _, summed in call.factors), default=0)
        case _:
            return 0


def _required(call: OperatorCall, role: str) -> torch.Tensor:
    tensor = call.tensor(role)
    if tensor is None:
        raise TypeError(f"{call.function} has no {role}")
    return tensor


def _pool(call: OperatorCall) -> int:
    if call.function in _FREE:
        return 0
    dimensions = int(call.function[-2])
    if not call.function.startswith("adaptive"):
        return call.output.numel() * _volume(call.arguments["kernel_size"], dimensions)
    windows = math.prod(
        sum(length + 1 for length in _window_lengths(size, parts))
        for size, parts in zip(
            call.input.shape[-dimensions:], call.output.shape[-dimensions:], strict=True
        )
    )
    return math.prod(call.input.shape[:-dimensions]) * windows


def _volume(kernel_size: object, dimensions: int) -> int:
    sides = kernel_size if isinstance(kernel_size, list | tuple) else [kernel_size]
    numbers = [int(cast("int", side)) for side in sides]
    return math.prod(numbers) if len(numbers) > 1 else numbers[0] ** dimensions


def _window_lengths(size: int, windows: int) -> list[int]:
    """Return the lengths of the windows into which an adaptive pool cuts one side."""
    return [
        math.ceil((index + 1) * size / windows) - index * size // windows
        for index in range(windows)
    ]
