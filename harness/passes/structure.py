"""Costs and shape of a network, counted in forward passes with one image of zeros.

On the CPU, whatever the device of the run: torch's ``meta`` device, which computes nothing, takes
about four times as long there, because it works out the shapes in Python.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.passes.network_call import (
    explain_errors,
    plain_network,
    run_network,
    unfreeze_parameters,
)
from harness.passes.observation import Pass, PassContext
from harness.spaces.knowledge import usual_size_of

if TYPE_CHECKING:
    import torch
    from torch import nn
    from torch.autograd.graph import Node

__all__ = ["STRUCTURE", "Structure", "longest_path"]

_LAYERS = {"ConvolutionBackward0": 1, "AddmmBackward0": 2, "MmBackward0": 1}
"""Nodes of the graph that stand for layers, and which of their inputs is the weight."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Structure:
    """What can be counted without weights or images; needs no seed.

    Attributes:
        parameters: Elements of all parameters.
        tensors: Number of parameter tensors.
        flops: Of one image, by the definition of `harness.spaces.networks.counting`.
        multiply_accumulates: Of one image, convolutions and linear layers alone.
        layers: Number of convolutions and linear layers, also of those whose output is not used.
        depth: Convolutions and linear layers on the longest path from the image to the logits. A
            path along which only zeros flow counts.
        usual_size: Thousands of parameters that the space states as usual, if it states any.
    """

    parameters: int
    tensors: int
    flops: int
    multiply_accumulates: int
    layers: int
    depth: int
    usual_size: float | None = None


def longest_path(output: torch.Tensor) -> int:
    """Return the most convolutions and linear layers on any path of a tensor's graph.

    Only products with a weight that has a gradient are layers; a pool may be built of others.
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
        lengths[node] = longest + _is_layer(node)
    return lengths[output.grad_fn]


def _is_layer(node: Node) -> bool:
    weight = _LAYERS.get(node.name())
    return weight is not None and node.next_functions[weight][0] is not None


def _structure(context: PassContext) -> Structure:
    import torch
    from torch import nn

    from harness.spaces.networks.counting import measure

    subject = context.subject
    shape = subject.dataset.shape
    network = plain_network(subject.space.network(subject.architecture, subject.dataset))
    with explain_errors(network):
        cost = measure(network, shape)
    layers = sum(isinstance(layer, nn.Conv2d | nn.Linear) for layer in network.modules())
    return Structure(
        parameters=cost.parameters,
        tensors=sum(1 for _ in network.parameters()),
        flops=cost.flops,
        multiply_accumulates=cost.multiply_accumulates,
        layers=layers,
        depth=_depth(network, torch.zeros((1, *shape))),
        usual_size=usual_size_of(subject.space),
    )


def _depth(network: nn.Module, images: torch.Tensor) -> int:
    import torch

    with torch.enable_grad(), unfreeze_parameters(network):
        return longest_path(run_network(network.eval(), images))


STRUCTURE = Pass(name="structure", compute=_structure)
"""Parameters, FLOPs, layers and depth, counted without weights or images.

Shape: a `Structure`: six ints. Unit: parameters, operations of one image, layers.
"""
