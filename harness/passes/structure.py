"""Costs and shape of a network: stated by its space, or counted with one image of zeros.

On the CPU, whatever the device of the run: torch's ``meta`` device, which computes nothing, takes
about four times as long there, because it works out the shapes in Python.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from harness.batches.source import tensors_of
from harness.core.errors import UnsupportedError
from harness.core.structure import Structure
from harness.passes.buffers import scratch_buffers
from harness.passes.network_call import (
    call_network,
    changed,
    first_samples,
    logits_of,
    plain_network,
    tensors_in,
    unfreeze_parameters,
)
from harness.passes.observation import OperatorKind, Pass, PassContext, Subject
from harness.spaces.knowledge import structure_of, usual_size_of

if TYPE_CHECKING:
    import torch
    from torch import nn
    from torch.autograd.graph import Node

    from harness.batches.source import Inputs

__all__ = ["STRUCTURE", "longest_path"]

_LAYERS: tuple[OperatorKind, ...] = ("convolution", "linear", "product", "recurrent")


def longest_path(output: torch.Tensor, layers: Mapping[Node, int]) -> int:
    """Return the most layers on any path of a tensor's graph.

    Args:
        output: A tensor, with a graph or without.
        layers: How many layers a node of the graph stands for, where there are any.
    """
    if output.grad_fn is None:
        return 0
    lengths: dict[Node, int] = {}
    pending = [output.grad_fn]
    while pending:
        node = pending[-1]
        before = [earlier for earlier, _ in node.next_functions if earlier is not None]
        unknown = [earlier for earlier in before if earlier not in lengths]
        if unknown:
            pending.extend(unknown)
            continue
        pending.pop()
        longest = max((lengths[earlier] for earlier in before), default=0)
        lengths[node] = longest + layers.get(node, 0)
    return lengths[output.grad_fn]


def _structure(context: PassContext) -> Structure:
    subject = context.subject
    known = None
    shapes = [tuple(tensor.shape[1:]) for tensor in tensors_of(subject.batch.inputs)]
    if shapes == [subject.dataset.shape]:
        known = structure_of(subject.space, subject.architecture, subject.dataset)
    return replace(known or _counted(subject), usual_size=usual_size_of(subject.space))


def _counted(subject: Subject) -> Structure:
    from torch import nn

    from harness.passes.counting import measure_call
    from harness.passes.layer_parameters import layer_parameters
    from harness.passes.operators import runs_as_modules

    network = plain_network(subject.space.network(subject.architecture, subject.dataset))
    inputs = _sample(subject.batch.inputs)
    try:
        cost = measure_call(network, inputs)
    except (RuntimeError, ValueError, IndexError) as error:
        raise UnsupportedError(
            f"{type(network).__name__} does not run on a single sample, of which costs are "
            f"counted: {str(error).splitlines()[0]}"
        ) from error
    network.eval()
    if runs_as_modules(network):
        layers = sum(isinstance(layer, nn.Conv2d | nn.Linear) for layer in network.modules())
    else:
        layers = len(layer_parameters(network, inputs).fan_in)
    return Structure(
        parameters=cost.parameters,
        tensors=sum(1 for _ in network.parameters()),
        flops=cost.flops,
        multiply_accumulates=cost.multiply_accumulates,
        layers=layers,
        depth=_depth(network, inputs),
    )


def _sample(inputs: Inputs) -> Inputs:
    """Return one sample on the CPU: zeros for real numbers, token ids as they are."""
    import torch

    first = changed(first_samples(inputs, 1), lambda tensor: tensor.detach().cpu())
    return changed(first, torch.zeros_like, real=True)


def _depth(network: nn.Module, inputs: Inputs) -> int:
    import torch

    from harness.passes.operators import OperatorCall, OperatorCalls

    layers: dict[Node, int] = {}

    def see(call: OperatorCall) -> None:
        if call.has_weight:
            count = call.number("num_layers") if "num_layers" in call.arguments else 1
            layers.update(
                {output.grad_fn: count for output in call.outputs if output.grad_fn is not None}
            )

    with torch.enable_grad(), unfreeze_parameters(network), scratch_buffers(network):
        with OperatorCalls(network, _LAYERS, see):  # transposed convolutions of the ten spaces too
            output = call_network(network, inputs)
        tensors = list(tensors_in(output)) or [logits_of(network, output)]
        return max(longest_path(tensor, layers) for tensor in tensors)


STRUCTURE = Pass(name="structure", compute=_structure)
"""Parameters, FLOPs, layers and depth, counted without weights or images.

Shape: a `Structure`: six ints. Unit: parameters, operations of one image, layers.
"""
