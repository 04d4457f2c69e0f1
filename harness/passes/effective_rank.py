"""How many directions the outputs of layers use over a batch."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from harness.core.errors import UndefinedError
from harness.passes.forward import FORWARD
from harness.passes.network_errors import require
from harness.passes.observation import OperatorKind, Pass, PassContext

if TYPE_CHECKING:
    import torch

    from harness.passes.channel_axis import ChannelAxis
    from harness.passes.operators import OperatorCall

__all__ = ["EFFECTIVE_RANKS", "effective_rank", "square_block"]

_GOLDEN = (math.sqrt(5) - 1) / 2
"""Multiples of it, modulo one, are spread evenly however many there are."""


def effective_rank(matrix: torch.Tensor) -> float:
    """Return the exponential of the entropy of the singular values, scaled to a sum of one.

    Args:
        matrix: ``(rows, columns)``.

    Returns:
        From 1 to the smaller of both; 0 for a matrix of zeros.

    Raises:
        UndefinedError: A number is not finite.
    """
    import torch

    if not bool(torch.isfinite(matrix).all()):
        raise UndefinedError("the output of a layer is not finite, so it has no effective rank")
    numbers = matrix.to(torch.float64)
    products = numbers @ numbers.T if len(numbers) < numbers.shape[1] else numbers.T @ numbers
    values = torch.linalg.eigvalsh(products).clamp(min=0).sqrt()
    total = values.sum()
    if not total:
        return 0.0
    return float(torch.special.entr(values / total).sum().exp())


def square_block(maps: torch.Tensor, axis: int, fraction: float) -> torch.Tensor:
    """Return consecutive rows of the matrix of an output, as many as it has columns.

    Columns are channels; rows are positions of samples, the last axis of positions first. They
    begin at a multiple of the size of the output's last axis.

    Args:
        maps: Output ``(n, ...)`` of a layer.
        axis: That of the channels.
        fraction: Where to begin, from 0 (first row) to 1 (not reached: the last possible one).

    Returns:
        ``(channels, channels)``; all rows where there are fewer than channels.
    """
    import torch

    others = [other for other in range(1, maps.dim()) if other != axis]
    rows = maps.permute(0, *reversed(others), axis)
    shape, channels = rows.shape[:-1], rows.shape[-1]
    count = math.prod(shape)
    if count <= channels:
        return rows.reshape(count, channels)
    step = maps.shape[-1]
    start = step * int(fraction * ((count - channels) // step + 1))
    # Not torch's function of this name, which imports sympy: 480 modules and 37 MiB a worker.
    places = np.unravel_index(np.arange(start, start + channels), shape)
    return rows[tuple(torch.from_numpy(axis).to(maps.device) for axis in places)]


class _Ranks:
    """Reduces the output of every layer to its effective rank."""

    kinds: frozenset[OperatorKind] = frozenset(
        {
            "convolution", "linear", "product", "recurrent", "embedding", "normalisation", "relu",
            "activation",
        }
    )  # fmt: skip

    by_sample: frozenset[OperatorKind] = frozenset()  # rows are positions of whatever sample

    def __init__(self) -> None:
        self.ranks: list[float] = []
        self._blocks = 0
        self._axis: ChannelAxis | None = None

    def see_operator(self, call: OperatorCall) -> None:
        from harness.passes.channel_axis import ChannelAxis

        if call.kind == "product" and not call.has_weight:
            return
        axis = self._axis = self._axis or ChannelAxis()
        if call.kind in ChannelAxis.KINDS:
            axis.see(call)
        output = call.output
        if output.dim() < 2 or not output.numel():
            return
        self._blocks += 1
        block = square_block(output, axis.of(output), self._blocks * _GOLDEN % 1)
        self.ranks.append(effective_rank(block))


def _effective_ranks(context: PassContext) -> tuple[float, ...]:
    forward = context[FORWARD]
    ranks = forward.watcher("effective_ranks", _Ranks).ranks
    return tuple(require(ranks or None, forward.network, "layer that returns feature maps"))


EFFECTIVE_RANKS = Pass(
    name="effective_ranks", compute=_effective_ranks, requires=(FORWARD,), watch=_Ranks
)
"""`effective_rank` of the `square_block` of the output of every layer, in the order of the calls.

Layers are convolutions, linear operators, products with a weight, recurrent layers, embeddings,
norms and activation functions, so that what comes before and after each activation counts.

Shape: tuple of floats, one a call. Unit: dimensions, 0 to the number of channels.
"""
