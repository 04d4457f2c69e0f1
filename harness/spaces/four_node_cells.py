"""Cells of four nodes with one operation on every edge, whichever operations there are.

NAS-Bench-201 (Dong and Yang, ICLR 2020) has them, and the micro space of TransNAS-Bench-101 (Duan
et al., CVPR 2021). Node 0 is the input, node 3 the output, and edges lead from lower to higher
nodes. A cell is here the tuple of its six operation names in the order of `EDGES`, which is the
order of both published cell strings. ``none`` is the operation that carries nothing.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from typing import TypeAlias

import numpy as np

from harness.core.architecture import CellGraph
from harness.core.errors import DataError
from harness.spaces.literal import quote

__all__ = [
    "EDGES",
    "OUTPUT",
    "Operations",
    "cell_graph",
    "cells",
    "draw_cell",
    "has_unreachable_operation",
    "neighbours",
    "numbered_operation",
    "without_unreachable",
]

Operations: TypeAlias = tuple[str, ...]

EDGES = ((0, 1), (0, 2), (1, 2), (0, 3), (1, 3), (2, 3))
OUTPUT = 3


def cells(names: Sequence[str]) -> Iterator[Operations]:
    """Yield every cell of these operations in lexicographic order."""
    return itertools.product(names, repeat=len(EDGES))


def draw_cell(names: Sequence[str], generator: np.random.Generator) -> Operations:
    """Draw a cell of these operations uniformly."""
    return tuple(names[number] for number in generator.integers(len(names), size=len(EDGES)))


def neighbours(cell: Operations, names: Sequence[str]) -> Iterator[Operations]:
    """Yield the cells that differ in the operation of one edge."""
    return (
        (*cell[:edge], other, *cell[edge + 1 :])
        for edge, present in enumerate(cell)
        for other in names
        if other != present
    )


def without_unreachable(cell: Operations) -> Operations:
    """Set every operation on no path from input to output to ``none``."""
    after, before = {0}, {OUTPUT}
    named = tuple(zip(EDGES, cell, strict=True))  # `EDGES` is sorted by target
    for (source, target), name in named:
        if name != "none" and source in after:
            after.add(target)
    for (source, target), name in reversed(named):
        if name != "none" and target in before:
            before.add(source)
    return tuple(
        name if source in after and target in before else "none" for (source, target), name in named
    )


def has_unreachable_operation(cell: Operations) -> bool:
    """Say whether any operation other than ``none`` lies on no path from input to output."""
    return without_unreachable(cell) != cell


def cell_graph(cell: Operations) -> CellGraph:
    """Return the cell with its operations on nodes: input, the six of `EDGES`, output.

    An operation on an edge that leaves cell node ``k`` has the operations on the edges that enter
    ``k`` as parents, or the input if ``k`` is 0. ``none`` stays as a node.
    """
    entering: dict[int, list[int]] = {0: [0], 1: [], 2: [], 3: []}
    pairs = []
    for number, (source, target) in enumerate(EDGES, start=1):
        pairs += [(parent, number) for parent in entering[source]]
        entering[target].append(number)
    output = len(EDGES) + 1
    pairs += [(parent, output) for parent in entering[OUTPUT]]
    return CellGraph(operations=("input", *cell, "output"), edges=tuple(sorted(pairs)))


def numbered_operation(number: object, operations: tuple[str, ...], space: str, ids: object) -> str:
    """Return the operation that a number stands for.

    Args:
        number: The number.
        operations: Names in the order of their numbers, from 0.
        space: Name of the space, for the message.
        ids: All numbers of the cell, for the message.

    Raises:
        DataError: It is no integer, or there is no such operation.
    """
    # Not `SupportsIndex`: to test a protocol takes ten times as long as all the rest.
    if isinstance(number, int | np.integer) and not isinstance(number, bool):
        if 0 <= number < len(operations):
            return operations[number]
        fault = f"is not from 0 to {len(operations) - 1}"
    else:
        fault = "is no integer"
    raise DataError(f"operation {quote(number)} in {space} ids {quote(ids)} {fault}")
