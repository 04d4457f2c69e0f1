"""Outputs of cells with fresh weights, from one forward pass on noise, and what they say.

A module that a proxy shall count as a cell says so with the class attribute ``is_cell = True``; in
NAS-Bench-201 these are the cells and the residual blocks between its stages. In a network without
any such module, cells are the outermost modules of classes that torch does not define, or else
the convolutions.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import pairwise
from typing import TYPE_CHECKING

from harness.core.errors import UnsupportedError
from harness.passes.initialisation import draw_kaiming, standard_normal_inputs
from harness.passes.layout import at_least_float32
from harness.passes.network_call import (
    call_network,
    in_type_of,
    single_input,
    watched_calls,
)
from harness.passes.observation import Pass, PassContext
from harness.passes.subject import BUILD

if TYPE_CHECKING:
    import torch
    from torch import nn

__all__ = [
    "CELL_OUTPUTS",
    "EXPRESSIVITY",
    "TRAINABILITY",
    "cells",
    "gradient_preservation",
    "spectral_entropy",
]

_ENTROPY_EPSILON = 1e-8
_PRESERVATION_EPSILON = 1e-6


def cells(network: nn.Module) -> tuple[nn.Module, ...]:
    """Return the cells of a network; the module's documentation says which these are."""
    from torch import nn

    marked = tuple(module for module in network.modules() if getattr(module, "is_cell", False))
    convolutions = (module for module in network.modules() if isinstance(module, nn.Conv2d))
    return marked or tuple(_own_classes(network)) or tuple(convolutions)


def _own_classes(module: nn.Module) -> Iterator[nn.Module]:
    for child in module.children():
        if type(child).__module__.startswith("torch."):
            yield from _own_classes(child)
        else:
            yield child


def _cell_outputs(context: PassContext) -> tuple[torch.Tensor, ...]:
    import torch

    network = context[BUILD]().requires_grad_(requires_grad=False)
    draw_kaiming(network, context.subject.batch.inputs)
    outputs: list[torch.Tensor] = []

    def see(module: nn.Module, inputs: list[torch.Tensor], output: torch.Tensor) -> None:
        outputs.extend([output] if outputs else [inputs[-1], output])

    images = single_input(standard_normal_inputs(context))
    images = in_type_of(network, images).requires_grad_()
    with torch.enable_grad(), watched_calls(cells(network), see):
        call_network(network, images)
    context.forwards += 1
    if len(outputs) < 2 or any(maps.dim() != 4 for maps in outputs):
        raise UnsupportedError(
            f"{type(network).__name__} has no cells with feature maps of four dimensions; "
            "declare is_cell = True on the modules that are its cells"
        )
    return tuple(outputs)


CELL_OUTPUTS = Pass(name="cell_outputs", compute=_cell_outputs, requires=(BUILD,))
"""Input of the first cell and output of every cell, in the order of their calls.

Feature maps ``(n, channels, height, width)`` that carry the graph of their inputs alone. Weights
have Kaiming's initialisation, batch norm is in training mode, images are N(0, 1) noise; no image
of the batch is read. Of a cell with several inputs, the last one counts.

Shape: tuple of float32 tensors ``(n, channels, height, width)``. Unit: activations, dimensionless.
"""


def spectral_entropy(features: torch.Tensor) -> float:
    """Return the entropy of the normalised eigenvalues of the covariance of the channels.

    Args:
        features: Feature map ``(n, channels, height, width)``; images and positions are samples.

    Returns:
        A number from 0 to the logarithm of the number of channels; NaN for a constant map.
    """
    import torch

    samples = at_least_float32(features.detach()).permute(0, 2, 3, 1).flatten(0, 2)
    centred = samples - samples.mean(dim=0)
    covariance = (centred.T @ centred).double() / len(centred)
    if not bool(torch.isfinite(covariance).all()):
        return math.nan
    eigenvalues = torch.linalg.eigvalsh(covariance).clamp(min=0)
    shares = eigenvalues / eigenvalues.sum()
    return float(-(shares * torch.log(shares + _ENTROPY_EPSILON)).sum())


def _expressivity(context: PassContext) -> tuple[float, ...]:
    return tuple(spectral_entropy(feature_map) for feature_map in context[CELL_OUTPUTS])


EXPRESSIVITY = Pass(name="expressivity", compute=_expressivity, requires=(CELL_OUTPUTS,))
"""`spectral_entropy` of each of the cell outputs.

Shape: tuple of floats, one an output. Unit: nats.
"""


def gradient_preservation(before: torch.Tensor, after: torch.Tensor) -> float:
    """Return how well a gradient of random signs at `after` arrives at `before`.

    With s the largest singular value of the cross-correlation of the channels of both gradients,
    the number is ``2 - s - 1 / (s + 1e-6)``: at most 0, which s = 1 reaches.

    Args:
        before: Feature map ``(n, channels, height, width)``.
        after: A feature map that depends on it, of the same size or one that divides it.

    Returns:
        The number; minus infinity when the gradient arrives exactly as it was, NaN when `after`
        does not depend on `before` or the gradient is not finite.
    """
    import torch
    from torch.nn import functional

    signs = torch.empty(after.shape).bernoulli_(0.5).mul_(2).sub_(1)
    outer = torch.empty_like(after, requires_grad=False).copy_(signs)
    inner = _backward(before, after, outer)
    if inner is None:
        return math.nan
    if inner.shape == outer.shape and torch.equal(inner, outer):
        return -math.inf
    if inner.shape[2:] != outer.shape[2:]:
        inner = functional.pixel_unshuffle(inner, inner.shape[2] // outer.shape[2])
    inner, outer = _samples(inner), _samples(outer)
    correlation = (inner.T @ outer).double() / len(outer)
    if not bool(torch.isfinite(correlation).all()):
        return math.nan
    largest = float(torch.linalg.matrix_norm(correlation, ord=2))
    return 2 - largest - 1 / (largest + _PRESERVATION_EPSILON)


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
    return at_least_float32(maps).permute(0, 2, 3, 1).flatten(0, 2)


def _trainability(context: PassContext) -> tuple[float, ...]:
    pairs = reversed(list(pairwise(context[CELL_OUTPUTS])))
    values = [gradient_preservation(before, after) for before, after in pairs]
    context.backwards += 1
    return tuple(reversed(values))


TRAINABILITY = Pass(name="trainability", compute=_trainability, requires=(CELL_OUTPUTS,))
"""`gradient_preservation` of each pair of consecutive cell outputs.

Shape: tuple of floats, one a pair of outputs. Unit: dimensionless, at most 0.
"""
