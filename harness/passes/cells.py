"""Outputs of cells with fresh weights, from one forward pass on noise, and what they say.

A module that a proxy shall count as a cell says so with the class attribute ``is_cell = True``; in
NAS-Bench-201 these are the cells and the residual blocks between its stages. In a network without
any such module, cells are the outermost modules of classes that torch does not define and torch's
own transformer layers, or else the convolutions.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from harness.core.errors import UndefinedError, UnsupportedError
from harness.passes.initialisation import (
    draw_kaiming,
    replaced_embeddings,
    standard_normal_inputs,
)
from harness.passes.layout import at_least_float32
from harness.passes.network_call import call_network, changed, in_type_of, watched_calls
from harness.passes.observation import Pass, PassContext
from harness.passes.subject import BUILD

if TYPE_CHECKING:
    import torch
    from torch import nn

    from harness.batches.source import Inputs
    from harness.passes.operators import OperatorCall

__all__ = [
    "CELL_OUTPUTS",
    "EXPRESSIVITY",
    "TRAINABILITY",
    "CellOutput",
    "cell_outputs",
    "cells",
    "gradient_preservation",
    "spectral_entropy",
]

_ENTROPY_EPSILON = 1e-8
_PRESERVATION_EPSILON = 1e-6


@dataclass(frozen=True, slots=True, kw_only=True)
class CellOutput:
    """What a cell returned.

    Attributes:
        maps: ``(n, ...)`` with the graph that made it.
        axis: That of the channels; all others are samples and positions.
        cell: The module; None where an operator stands in for one.
        is_input: Whether it is what the first cell was given.
    """

    maps: torch.Tensor
    axis: int
    cell: nn.Module | None = None
    is_input: bool = False

    def channels_second(self, maps: torch.Tensor) -> torch.Tensor:
        """Return a tensor of the shape of `maps` as ``(n, channels, positions, ...)``."""
        return maps.movedim(self.axis, 1)


def cells(network: nn.Module) -> tuple[nn.Module, ...]:
    """Return the modules that are cells; the module's documentation says which these are."""
    marked = tuple(module for module in network.modules() if getattr(module, "is_cell", False))
    return marked or tuple(_own_classes(network))


def _own_classes(module: nn.Module) -> Iterator[nn.Module]:
    from torch import nn

    layers = (nn.TransformerEncoderLayer, nn.TransformerDecoderLayer)
    for child in module.children():
        if type(child).__module__.startswith("torch.") and type(child) not in layers:
            yield from _own_classes(child)
        else:
            yield child


def cell_outputs(network: nn.Module, inputs: Inputs) -> list[CellOutput]:
    """Run a network and return the input of its first cell and the output of every call of a cell.

    Outputs that hold no channels of the samples, such as a number, are left out.
    """
    from harness.passes.channel_axis import ChannelAxis
    from harness.passes.operators import operator_calls

    outputs: list[CellOutput] = []
    axis = ChannelAxis()

    def see(module: nn.Module | None, inputs: list[torch.Tensor], output: torch.Tensor) -> None:
        if output.dim() < 2 or not output.is_floating_point():
            return
        own = CellOutput(maps=output, axis=axis.of(output), cell=module)
        alike = [given for given in inputs if given.dim() == output.dim()]
        if not outputs and alike:
            outputs.append(CellOutput(maps=alike[-1], axis=own.axis, is_input=True))
        outputs.append(own)

    def see_operator(call: OperatorCall) -> None:
        axis.see(call)
        if call.kind == "convolution" and not modules:
            see(None, [call.input], call.output)

    modules = cells(network)
    with ExitStack() as stack:
        stack.enter_context(watched_calls(modules, see))
        stack.enter_context(operator_calls(network, ChannelAxis.KINDS, see_operator))
        call_network(network, inputs)
    return outputs


def _cell_outputs(context: PassContext) -> tuple[CellOutput, ...]:
    import torch

    def noise(embedded: torch.Tensor) -> torch.Tensor:
        return torch.randn(embedded.shape).to(embedded).requires_grad_()

    network = context[BUILD]().requires_grad_(requires_grad=False)
    draw_kaiming(network, context.subject.batch.inputs)
    inputs = in_type_of(network, standard_normal_inputs(context))
    inputs = changed(inputs, lambda real: real.requires_grad_(), real=True)
    with torch.enable_grad(), replaced_embeddings(network, inputs, noise):
        outputs = cell_outputs(network, inputs)
    context.forwards += 1
    if len(outputs) < 2:
        raise UnsupportedError(
            f"{type(network).__name__} has no cells that return feature maps; declare "
            "is_cell = True on the modules that are its cells"
        )
    size = context.subject.batch.size
    if any(len(output.maps) != size for output in outputs):
        raise UnsupportedError(
            f"a cell of {type(network).__name__} returns other rows than those of {size} samples; "
            "keep samples the first axis"
        )
    return tuple(outputs)


CELL_OUTPUTS = Pass(name="cell_outputs", compute=_cell_outputs, requires=(BUILD,))
"""Input of the first cell and output of every cell, in the order of their calls.

Feature maps that carry the graph of their inputs alone, e.g. ``(n, channels, height, width)``, or
``(n, length, channels)`` of token networks. Weights have Kaiming's initialisation, batch norm is in
training mode, inputs are N(0, 1) noise, and so are the embeddings of token ids; no sample of the
batch is read. Of a cell with several inputs, the last one counts.

Shape: tuple of `CellOutput`, each with a float32 tensor ``(n, ...)``. Unit: activations,
dimensionless.
"""


def spectral_entropy(features: torch.Tensor) -> float:
    """Return the entropy of the normalised eigenvalues of the covariance of the channels.

    Args:
        features: Feature map ``(n, channels, ...)``; samples and positions count alike.

    Returns:
        A number from 0 to the logarithm of the number of channels.

    Raises:
        UndefinedError: The map is constant or not finite.
    """
    import torch

    samples = _samples(features.detach())
    centred = samples - samples.mean(dim=0)
    covariance = (centred.T @ centred).double() / len(centred)
    if not bool(torch.isfinite(covariance).all()):
        raise UndefinedError("the output of a cell is not finite, so its channels have no entropy")
    eigenvalues = torch.linalg.eigvalsh(covariance).clamp(min=0)
    total = eigenvalues.sum()
    if not total:
        raise UndefinedError("the output of a cell is constant, so its channels have no entropy")
    shares = eigenvalues / total
    return float(-(shares * torch.log(shares + _ENTROPY_EPSILON)).sum())


def _expressivity(context: PassContext) -> tuple[float, ...]:
    return tuple(
        spectral_entropy(output.channels_second(output.maps)) for output in context[CELL_OUTPUTS]
    )


EXPRESSIVITY = Pass(name="expressivity", compute=_expressivity, requires=(CELL_OUTPUTS,))
"""`spectral_entropy` of each of the cell outputs.

Shape: tuple of floats, one an output. Unit: nats.
"""


class _NoPathError(UndefinedError):
    """No gradient goes from the output of a cell to its input."""


def gradient_preservation(before: CellOutput, after: CellOutput) -> float:
    """Return how well a gradient of random signs at `after` arrives at `before`.

    With s the largest singular value of the cross-correlation of the channels of both gradients,
    the number is ``2 - s - 1 / (s + 1e-6)``: at most 0, which s = 1 reaches. Where the two have
    different resolutions, positions of the finer one become channels.

    Returns:
        The number.

    Raises:
        UndefinedError: `after` does not depend on `before`, or the gradient arrives exactly as it
            was (minus infinity), or is not finite.
        UnsupportedError: No resolution divides the other.
    """
    import torch

    signs = torch.empty(after.maps.shape).bernoulli_(0.5).mul_(2).sub_(1)
    outer = torch.empty_like(after.maps, requires_grad=False).copy_(signs)
    inner = _backward(before.maps, after.maps, outer)
    if inner is None:
        raise _NoPathError("the gradient at the output of a cell does not arrive at its input")
    if inner.shape == outer.shape and torch.equal(inner, outer):
        raise UndefinedError(
            "a cell passes gradients on exactly as they are, so its trainability is minus infinity"
        )
    inner, outer = before.channels_second(inner), after.channels_second(outer)
    inner, outer = _unshuffled(inner, outer.shape[2:]), _unshuffled(outer, inner.shape[2:])
    inner, outer = _samples(inner), _samples(outer)
    correlation = (inner.T @ outer).double() / len(outer)
    if not bool(torch.isfinite(correlation).all()):
        raise UndefinedError("the gradient at the input of a cell is not finite")
    largest = float(torch.linalg.matrix_norm(correlation, ord=2))
    return 2 - largest - 1 / (largest + _PRESERVATION_EPSILON)


def _unshuffled(maps: torch.Tensor, coarse: Sequence[int]) -> torch.Tensor:
    """Return maps ``(n, channels, ...)`` at a coarser resolution, positions made channels."""
    import torch

    fine = maps.shape[2:]
    if len(fine) != len(coarse) or any(
        own % other and other % own for own, other in zip(fine, coarse, strict=True)
    ):
        raise UnsupportedError(
            f"cells have maps of {tuple(coarse)} and of {tuple(fine)} positions, of which neither "
            "divides the other; trainability is not defined between them"
        )
    for axis, (own, other) in enumerate(zip(fine, coarse, strict=True), start=2):
        if own > other:
            parts = torch.unflatten(maps, axis, (other, own // other)).movedim(axis + 1, 2)
            maps = parts.flatten(1, 2)
    return maps


def _backward(
    before: torch.Tensor, after: torch.Tensor, outer: torch.Tensor
) -> torch.Tensor | None:
    import torch

    if not (before.requires_grad and after.requires_grad):
        raise UnsupportedError(
            "the network computes a feature map without a graph, as in torch.no_grad, so that no "
            "gradient goes from one to the one before"
        )
    gradients: tuple[torch.Tensor | None, ...] = torch.autograd.grad(
        after, before, outer, retain_graph=True, allow_unused=True
    )
    return gradients[0]


def _samples(maps: torch.Tensor) -> torch.Tensor:
    return at_least_float32(maps).movedim(1, -1).flatten(0, -2)


def _trainability(context: PassContext) -> tuple[float, ...]:
    values: list[float] = []
    for before, after in reversed(list(pairwise(context[CELL_OUTPUTS]))):
        try:
            values.append(gradient_preservation(before, after))
        except _NoPathError as error:
            if type(after.cell).__module__.startswith("harness.spaces."):
                raise
            raise UnsupportedError(
                f"the gradient at the output of {_named(after)} does not arrive at that of "
                f"{_named(before)}, called before it; declare is_cell = True on the cells that "
                "follow each other"
            ) from error
    context.backwards += 1
    return tuple(reversed(values))


def _named(output: CellOutput) -> str:
    if output.cell is None:
        return "the first cell's input" if output.is_input else "a convolution"
    return f"a {type(output.cell).__name__}"


TRAINABILITY = Pass(name="trainability", compute=_trainability, requires=(CELL_OUTPUTS,))
"""`gradient_preservation` of each pair of consecutive cell outputs.

Shape: tuple of floats, one a pair of outputs. Unit: dimensionless, at most 0.
"""
