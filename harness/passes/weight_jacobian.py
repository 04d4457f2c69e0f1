"""Derivatives of all logits by the first element of each of the first parameter tensors.

Where convolutions, batch norms and linear layers of one row a sample hold these, one backward pass
per class gives the gradients of all feature maps for all samples at once; the first element of a
parameter sees one channel of one feature map, and nothing of the size of the weights is computed.
Of any other network, and of many classes, the gradients of the parameters are differentiated once
more, one parameter after the other; where a sample has a few outputs alone, as a text of two
classes, there is one backward pass for each of them and each sample instead.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn
from torch.autograd.graph import GradientEdge, get_gradient_edge
from torch.nn import functional

from harness.passes.network_call import (
    class_logits,
    differentiating,
    in_type_of,
    run_network,
    tensors_in,
)
from harness.passes.network_errors import require
from harness.passes.watched_layers import WITH_WEIGHTS, NotKnown

if TYPE_CHECKING:
    from harness.batches.source import Inputs
    from harness.passes.operators import OperatorCall

__all__ = [
    "first_element_jacobian",
    "first_parameters",
    "jacobian_of_few_outputs",
    "jacobian_of_outputs",
]

_MOST_CLASSES = 128
"""With a thousand classes, gradients once more take a quarter of the time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Call:
    """One call of an operator.

    Attributes:
        edge: Where the gradient of its output arrives.
        factors: By column, the derivative of channel 0 of the output by the parameter's first
            element, at every position; nothing where that is one.
    """

    edge: GradientEdge
    factors: Mapping[int, Tensor | None]


@dataclass(slots=True, kw_only=True)
class _Recorder:
    """Sees the operators that hold one of the parameters."""

    columns: Mapping[int, int]
    samples: int
    calls: list[_Call] = field(default_factory=list)
    seen: set[int] = field(default_factory=set)

    def see(self, call: OperatorCall) -> None:
        used = set(map(id, tensors_in(call.arguments)))
        bases = {id(tensor._base) for tensor in tensors_in(call.arguments)}
        if not (used | bases) & self.columns.keys():
            return
        roles = {role: call.tensor(role) for role in ("weight", "bias")}
        known = {id(tensor) for tensor in roles.values()}
        if not _is_known(call, self.samples) or not used & self.columns.keys() <= known:
            raise NotKnown
        self.seen |= used
        if not call.output.requires_grad:
            return
        factors = {
            self.columns[id(tensor)]: _factor(call) if role == "weight" else None
            for role, tensor in roles.items()
            if id(tensor) in self.columns
        }
        self.calls.append(_Call(edge=get_gradient_edge(call.output), factors=factors))


def first_parameters(network: nn.Module, tensors: int) -> tuple[nn.Parameter, ...]:
    """Return the first parameter tensors of a network, at most so many."""
    parameters = tuple(network.parameters())[:tensors]
    return require(parameters or None, network, "parameter")


def first_element_jacobian(
    network: nn.Module, inputs: Inputs, tensors: int
) -> tuple[Tensor, Tensor]:
    """Differentiate every logit of every sample by the first element of parameter tensors.

    Args:
        network: In evaluation mode, of no use afterwards.
        inputs: Batch of samples that do not meet in the network.
        tensors: How many of the network's parameter tensors take part, from the first one.

    Returns:
        Logits ``(n, classes)`` and Jacobian ``(n, classes, parameters)``, both float64.

    Raises:
        NotKnown: An operator of another kind holds one of the parameters, there are many classes,
            or classes at several positions of a sample.
    """
    from harness.passes.operators import operator_calls, runs_as_modules

    parameters = first_parameters(network, tensors)
    network.requires_grad_(requires_grad=False)
    plain = runs_as_modules(network)
    if not plain:  # where some may be used that no operator shows
        for parameter in parameters:
            parameter.requires_grad_()
    if not isinstance(inputs, Tensor) or not inputs.is_floating_point():
        raise NotKnown
    columns = {id(parameter): column for column, parameter in enumerate(parameters)}
    recorder = _Recorder(columns=columns, samples=len(inputs))
    with torch.enable_grad(), operator_calls(network, WITH_WEIGHTS, recorder.see):
        logits = run_network(network, in_type_of(network, inputs).requires_grad_())
    unseen = [parameter for parameter in parameters if id(parameter) not in recorder.seen]
    if logits.dim() != 2 or logits.shape[1] > _MOST_CLASSES or not logits.requires_grad:
        raise NotKnown
    with torch.enable_grad():
        sums = class_logits(network, logits).sum(dim=0).unbind()
    if not plain and unseen and _depends(logits, unseen):
        raise NotKnown
    jacobian = logits.new_zeros((*logits.shape, len(columns)), dtype=torch.float64)
    with differentiating(network):
        for one_class, total in enumerate(sums):
            _fill(jacobian[:, one_class], total, recorder.calls)
    return logits.detach().double(), jacobian


def _depends(logits: Tensor, parameters: Sequence[Tensor]) -> bool:
    gradients: tuple[Tensor | None, ...] = torch.autograd.grad(
        logits.sum(), parameters, retain_graph=True, allow_unused=True
    )
    return any(gradient is not None for gradient in gradients)


def _is_known(call: OperatorCall, samples: int) -> bool:
    inputs, padding = call.input, call.arguments.get("padding")
    match call.function:
        case "conv2d":
            return inputs.dim() == 4 and len(inputs) == samples and not isinstance(padding, str)
        case "linear":
            return inputs.dim() == 2 and len(inputs) == samples
        case "batch_norm":
            known = inputs.dim() == 4 and len(inputs) == samples
            return known and not call.arguments["training"]
        case _:
            return False


def _factor(call: OperatorCall) -> Tensor:
    """Return the derivative of channel 0 of the output by the weight's first element."""
    inputs = call.input.detach()
    match call.function:
        case "conv2d":
            (rows, columns), (down, right) = (call.pair(name) for name in ("padding", "stride"))
            height, width = call.output.shape[2:]
            padded = functional.pad(inputs[:, 0], (columns, columns, rows, rows))
            return padded[:, ::down, ::right][:, :height, :width].clone()
        case "batch_norm":
            mean, variance = call.tensor("running_mean"), call.tensor("running_var")
            assert mean is not None  # noqa: S101 - it is not in training mode
            assert variance is not None  # noqa: S101
            scale = torch.rsqrt(variance[0] + float(call.arguments["eps"]))  # type: ignore[arg-type]
            return (inputs[:, 0] - mean[0]) * scale
        case _:
            return inputs[..., 0].clone()


def _fill(rows: Tensor, total: Tensor, calls: list[_Call]) -> None:
    """Write the derivatives of the sum of one class's logits, ``(n, parameters)``."""
    edges = [call.edge for call in calls]
    gradients: tuple[Tensor | None, ...] = torch.autograd.grad(
        total, edges, retain_graph=True, allow_unused=True
    )
    for call, gradient in zip(calls, gradients, strict=True):
        if gradient is None:
            continue
        channel = gradient[:, 0] if gradient.dim() == 4 else gradient[..., 0]
        for column, factor in call.factors.items():
            terms = channel if factor is None else channel * factor
            rows[:, column] += terms.double().reshape(len(rows), -1).sum(dim=1)


def jacobian_of_outputs(
    network: nn.Module, inputs: Inputs, parameters: Sequence[Tensor]
) -> tuple[Tensor, Tensor]:
    """Differentiate every number that a network returns by the first element of parameters.

    The gradients of the parameters are linear in the gradient of the output: by that they are
    differentiated, one after the other.

    Returns:
        Output ``(n, ...)`` and its derivatives ``(n, ..., parameters)``, both float64.
    """
    with torch.enable_grad(), differentiating(network):
        output = run_network(network, inputs)
        outer = torch.zeros_like(output, requires_grad=True)
        gradients: tuple[Tensor | None, ...] = torch.autograd.grad(
            output, parameters, outer, create_graph=True, allow_unused=True
        )
        columns = [_column(gradient, outer) for gradient in gradients]
    return output.detach().double(), torch.stack(columns, dim=-1).double()


def jacobian_of_few_outputs(
    network: nn.Module, inputs: Inputs, parameters: Sequence[Tensor]
) -> tuple[Tensor, Tensor]:
    """Differentiate like `jacobian_of_outputs`, by one backward pass for each number returned.

    Returns:
        Output ``(n, ...)`` and its derivatives ``(n, ..., parameters)``, both float64.
    """
    with torch.enable_grad(), differentiating(network):
        output = run_network(network, inputs)
        rows = [
            torch.stack([gradient.flatten()[0] for gradient in gradients])
            for number in output.flatten().unbind()
            for gradients in [
                torch.autograd.grad(
                    number, parameters, retain_graph=True, allow_unused=True, materialize_grads=True
                )
            ]
        ]
    jacobian = torch.stack(rows).reshape(*output.shape, len(parameters))
    return output.detach().double(), jacobian.double()


def _column(gradient: Tensor | None, outer: Tensor) -> Tensor:
    """Return the derivatives of a gradient's first element by the gradient of the output."""
    if gradient is None or not gradient.requires_grad:
        return torch.zeros_like(outer, requires_grad=False)
    first = gradient[(0,) * gradient.dim()]
    (column,) = torch.autograd.grad(first, outer, retain_graph=True, materialize_grads=True)
    return column
