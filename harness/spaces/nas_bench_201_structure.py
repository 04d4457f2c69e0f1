"""Parameters, FLOPs, layers and depth of NAS-Bench-201's networks, without building them.

All but the depth add up over the operations of a cell, see `harness.spaces.networks.nas_bench_201`
for the skeleton and `harness.passes.counting` for what counts as how many FLOPs.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable
from dataclasses import dataclass

from harness.core.architecture import Dataset
from harness.core.structure import Structure
from harness.spaces.four_node_cells import EDGES, OUTPUT, Operations

__all__ = ["CELLS_PER_STAGE", "REDUCED", "WIDTHS", "structure"]

WIDTHS = (16, 32, 64)
"""Channels of the three stages."""

CELLS_PER_STAGE = 5

REDUCED = 4
"""Two reductions halve a side; of an odd one, pooling and convolution keep different parts."""

_KERNELS = {"nor_conv_1x1": 1, "nor_conv_3x3": 3}


@dataclass(frozen=True, slots=True)
class _Part:
    """A layer, or what several come to."""

    parameters: int = 0
    tensors: int = 0
    flops: int = 0
    multiply_accumulates: int = 0
    layers: int = 0

    def __add__(self, other: _Part) -> _Part:
        return _Part(
            self.parameters + other.parameters,
            self.tensors + other.tensors,
            self.flops + other.flops,
            self.multiply_accumulates + other.multiply_accumulates,
            self.layers + other.layers,
        )


def structure(operations: Operations, dataset: Dataset) -> Structure | None:
    """Return what the network of a cell counts, for one image of the data set's size.

    Returns:
        None where the images are none that such a network takes.
    """
    if len(dataset.shape) != 3 or dataset.height % REDUCED or dataset.width % REDUCED:
        return None
    whole = _sum([_skeleton(dataset), *(_on_one_edge(name, dataset) for name in operations)])
    in_cells = len(WIDTHS) * CELLS_PER_STAGE * _cell_depth(operations)
    in_reductions = 2 * (len(WIDTHS) - 1)
    return Structure(
        parameters=whole.parameters,
        tensors=whole.tensors,
        flops=whole.flops,
        multiply_accumulates=whole.multiply_accumulates,
        layers=whole.layers,
        depth=1 + in_cells + in_reductions + 1,
    )


def _sum(parts: Iterable[_Part]) -> _Part:
    return sum(parts, start=_Part())


@functools.cache
def _on_one_edge(name: str, dataset: Dataset) -> _Part:
    """Return what an operation on one edge adds, in all cells together."""
    parts: list[_Part] = []
    for stage, width in enumerate(WIDTHS):
        pixels = (dataset.height >> stage) * (dataset.width >> stage)
        if name in _KERNELS:
            parts += _relu_conv_norm(width, width, _KERNELS[name], pixels, pixels)
        elif name == "avg_pool_3x3":
            parts.append(_Part(flops=9 * width * pixels))
    return _sum(parts * CELLS_PER_STAGE)


@functools.cache
def _skeleton(dataset: Dataset) -> _Part:
    """Return what stem, reductions and head come to."""
    pixels, width = dataset.height * dataset.width, WIDTHS[0]
    parts = [_convolution(dataset.channels, width, 3, pixels), _norm(width, pixels)]
    for wider in WIDTHS[1:]:
        fewer = pixels // 4
        parts += _relu_conv_norm(width, wider, 3, pixels, fewer)
        parts += _relu_conv_norm(wider, wider, 3, fewer, fewer)
        parts += [_Part(flops=4 * width * fewer), _convolution(width, wider, 1, fewer)]
        pixels, width = fewer, wider
    rows, columns = dataset.height // REDUCED, dataset.width // REDUCED
    window = width * (rows + 1) * (columns + 1)
    products = width * dataset.classes
    linear = _Part(products + dataset.classes, 2, products, products, 1)
    return _sum([*parts, _norm(width, pixels), _Part(flops=width * pixels + window), linear])


def _relu_conv_norm(
    before: int, after: int, kernel: int, pixels_in: int, pixels_out: int
) -> list[_Part]:
    relu = _Part(flops=before * pixels_in)
    return [relu, _convolution(before, after, kernel, pixels_out), _norm(after, pixels_out)]


def _convolution(before: int, after: int, kernel: int, pixels: int) -> _Part:
    weights = kernel * kernel * before * after
    return _Part(weights, 1, weights * pixels, weights * pixels, 1)


def _norm(channels: int, pixels: int) -> _Part:
    return _Part(parameters=2 * channels, tensors=2, flops=2 * channels * pixels)


def _cell_depth(operations: Operations) -> int:
    """Return the most convolutions on a path; a node that nothing enters hangs on the input."""
    depths: list[int | None] = [0, None, None, None]  # None stands for zero, which skips do not add
    for (source, target), name in zip(EDGES, operations, strict=True):  # sorted by target
        before = depths[source]
        if name == "none" or (name == "skip_connect" and before is None):
            continue
        reached = (before or 0) + (name in _KERNELS)
        depths[target] = max(reached, depths[target] or 0)
    return depths[OUTPUT] or 0
