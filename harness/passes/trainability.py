"""What a cell does to a random gradient on its way back."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import TYPE_CHECKING

from harness.core.errors import UnsupportedError
from harness.passes.cells import CELL_OUTPUTS
from harness.passes.layout import at_least_float32
from harness.passes.observation import Pass, PassContext

if TYPE_CHECKING:
    import torch

__all__ = ["TRAINABILITY", "gradient_preservation"]

_EPSILON = 1e-6


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
    return 2 - largest - 1 / (largest + _EPSILON)


def _backward(
    before: torch.Tensor, after: torch.Tensor, outer: torch.Tensor
) -> torch.Tensor | None:
    import torch

    if not (before.requires_grad and after.requires_grad):
        raise UnsupportedError(
            "the network computes a feature map without a graph, as in torch.no_grad, so that no "
            "gradient goes from one to the one before"
        )
    found: tuple[torch.Tensor | None, ...] = torch.autograd.grad(
        after, before, outer, retain_graph=True, allow_unused=True
    )
    return found[0]


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
