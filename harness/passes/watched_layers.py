"""One forward pass that remembers how to get each weight's gradient for every sample.

It serves networks in which samples do not meet: how a batch norm has to normalise for that, the
caller says. Convolutions, group norms, and linear layers of one row a sample are known here, which
is all that most convolutional networks have. Where samples cannot be told apart so simply, as in
attention, `harness.passes.sample_by_sample` runs the network on one after the other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, TypeAlias

from harness.passes.buffers import scratch_buffers
from harness.passes.image_gradients import WeightGradients, in_order_of_weight, weight_gradients
from harness.passes.network_call import (
    call_network,
    explain_errors,
    tensors_in,
    unfreeze_parameters,
)

if TYPE_CHECKING:
    import torch
    from torch import nn
    from torch.autograd.graph import GradientEdge

    from harness.passes.observation import OperatorKind
    from harness.passes.operators import OperatorCall

__all__ = [
    "WITH_WEIGHTS",
    "Normalise",
    "NotKnown",
    "Watched",
    "gradients_by_weight",
    "watched_forward",
]

Normalise: TypeAlias = Callable[["OperatorCall"], tuple["torch.Tensor", WeightGradients | None]]
"""Maps a batch norm to its output, and to the gradients of its scale if these are wanted."""

WITH_WEIGHTS: tuple[OperatorKind, ...] = (
    "convolution", "linear", "product", "recurrent", "embedding", "normalisation",
)  # fmt: skip


class NotKnown(Exception):  # noqa: N818 - it asks for another way
    """A weight is used where its gradient for each sample is not known here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Call:
    """One call of an operator with a weight.

    Attributes:
        weight: The weight.
        edge: Where the gradient of its output arrives.
        gradients: Maps the gradient of its output to that of the weight for each sample.
    """

    weight: torch.Tensor
    edge: GradientEdge
    gradients: WeightGradients


@dataclass(slots=True, kw_only=True)
class Watched:
    """What was seen of a network.

    Attributes:
        network: The network.
        wanted: Weights by name.
        normalise: See `watched_forward`.
        samples: Size of the batch.
        calls: Calls of operators with a wanted weight, in their order.
    """

    network: nn.Module
    wanted: Mapping[str, torch.Tensor]
    normalise: Normalise
    samples: int
    calls: list[_Call] = field(default_factory=list)

    def see(self, call: OperatorCall) -> torch.Tensor | None:
        """Look at one call; return another output of a batch norm."""
        from torch.autograd.graph import get_gradient_edge

        weight = call.tensor("weight")
        gradients: WeightGradients | None = None
        replaced: torch.Tensor | None = None
        if call.function == "batch_norm" and call.arguments["training"]:
            if call.input.dim() < 3 or len(call.input) != self.samples:
                raise NotKnown
            replaced, gradients = self.normalise(call)
        elif self._is_wanted(call):
            if not self._is_known(call):
                raise NotKnown
            gradients = weight_gradients(call)
        output = call.output if replaced is None else replaced
        if weight is not None and gradients is not None and output.requires_grad:
            edge = get_gradient_edge(output)
            self.calls.append(_Call(weight=weight, edge=edge, gradients=gradients))
        return replaced

    def _is_wanted(self, call: OperatorCall) -> bool:
        known = {id(weight) for weight in self.wanted.values()}
        used = list(tensors_in(call.arguments))
        bases = [tensor._base for tensor in used if tensor._is_view()]
        return any(id(tensor) in known for tensor in [*used, *bases])

    def _is_known(self, call: OperatorCall) -> bool:
        weight, inputs = call.tensor("weight"), call.input
        if weight is None or weight._is_view() or len(inputs) != self.samples:
            return False
        match call.kind:
            case "convolution":
                return inputs.dim() == weight.dim()
            case "linear":
                return inputs.dim() == 2
            case _:
                return call.function == "group_norm"


def watched_forward(
    network: nn.Module,
    inputs: torch.Tensor,
    wanted: Mapping[str, torch.Tensor],
    normalise: Normalise,
) -> tuple[object, Watched]:
    """Run a network, with a graph, and watch its operators; the network is left as it was.

    Args:
        network: In training mode.
        inputs: One tensor, samples first.
        wanted: Weights by name.
        normalise: What batch norms that use the statistics of the batch do instead.

    Returns:
        What the network returned, and what was seen.

    Raises:
        NotKnown: An operator uses a wanted weight in a way that is not known here.
    """
    import torch

    from harness.passes.operators import operator_calls

    watched = Watched(network=network, wanted=wanted, normalise=normalise, samples=len(inputs))
    with (
        torch.enable_grad(),
        unfreeze_parameters(network),
        scratch_buffers(network),
        operator_calls(network, WITH_WEIGHTS, watched.see),
    ):
        output = call_network(network, inputs)
    return output, watched


def gradients_by_weight(
    watched: Watched, total: torch.Tensor
) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
    """Yield each weight that a number depends on, with its gradient for every sample.

    Yields:
        The weight, and ``(n, ...)``: the sum over all calls of all operators that share it.

    Raises:
        NotKnown: The number depends on a wanted weight in a way that was not seen.
    """
    import torch
    from torch.autograd.graph import get_gradient_edge

    seen = {id(call.weight) for call in watched.calls}
    unseen = [weight for weight in watched.wanted.values() if id(weight) not in seen]
    edges = [call.edge for call in watched.calls]
    if not edges:
        raise NotKnown
    network = watched.network
    with torch.enable_grad(), unfreeze_parameters(network), explain_errors(network):
        others = [get_gradient_edge(weight) for weight in unseen]
        gradients = torch.autograd.grad(total, [*edges, *others], allow_unused=True)
    if any(gradient is not None for gradient in gradients[len(edges) :]):
        raise NotKnown
    terms: dict[int, tuple[torch.Tensor, list[Callable[[], torch.Tensor]]]] = {}
    for call, gradient in zip(watched.calls, gradients[: len(edges)], strict=True):
        if gradient is not None:
            _, own = terms.setdefault(id(call.weight), (call.weight, []))
            own.append(partial(call.gradients, gradient))
    for weight, own in terms.values():
        with torch.no_grad():
            total = _sum(own)
        yield weight, total


def _sum(terms: Sequence[Callable[[], torch.Tensor]]) -> torch.Tensor:
    first, *others = terms
    total = first()
    for other in others:
        term = other()
        if term.shape != total.shape:
            term, total = in_order_of_weight(term), in_order_of_weight(total)
        total += term
    return total
