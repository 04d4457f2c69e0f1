"""Topology of a DARTS architecture: two cells of four nodes, without notation and without torch.

A cell has the two inputs 0 (output of the cell before the previous one) and 1 (output of the
previous cell) and the nodes 2 to 5 (Liu et al., "DARTS", ICLR 2019). A node is the sum of two
choices, each an operation on an input or on an earlier node; the four nodes, concatenated, are the
cell's output. An architecture is a normal and a reduction cell.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TypeAlias

from harness.core.architecture import CellGraph

__all__ = [
    "INPUTS",
    "NODES",
    "OPERATIONS",
    "READABLE_OPERATIONS",
    "Cell",
    "Choice",
    "Genotype",
    "canonical",
    "cell_graph",
    "sort_choices",
    "stacked_graph",
]

Choice: TypeAlias = tuple[str, int]
"""An operation and the input or node that it reads."""

Cell: TypeAlias = tuple[Choice, ...]
"""Eight choices, two a node; each pair is sorted by what it reads, then by operation."""

OPERATIONS = (
    "max_pool_3x3",
    "avg_pool_3x3",
    "skip_connect",
    "sep_conv_3x3",
    "sep_conv_5x5",
    "dil_conv_3x3",
    "dil_conv_5x5",
)
READABLE_OPERATIONS = (*OPERATIONS, "none")
INPUTS = (0, 1)
NODES = (2, 3, 4, 5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Genotype:
    """An architecture: its cell of stride one and its cell that halves the resolution."""

    normal: Cell
    reduce: Cell


def _order(choice: Choice) -> tuple[int, int]:
    """Return the key by which the two choices of a node are sorted."""
    operation, source = choice
    return source, READABLE_OPERATIONS.index(operation)


def sort_choices(choices: Cell) -> Cell:
    """Sort the two choices of every node; their sum does not depend on the order."""
    return tuple(
        choice
        for first in range(0, len(choices), 2)
        for choice in sorted(choices[first : first + 2], key=_order)
    )


def canonical(cell: Cell) -> Cell:
    """Return the least of the cells that renumbering the nodes 2 to 5 makes of this one.

    Renumbering permutes the channels of the cell's output alone. A choice ``none`` carries
    nothing, whatever it reads; it is taken to read input 0.
    """
    live = tuple((name, 0 if name == "none" else source) for name, source in cell)
    renumbered = (_renumbered(live, nodes) for nodes in itertools.permutations(NODES))
    return min(
        (cell for cell in renumbered if cell is not None),
        key=lambda cell: [_order(c) for c in cell],
    )


def cell_graph(cell: Cell) -> CellGraph:
    """Return one cell with its operations on nodes: two inputs, the eight choices, output."""
    pairs, outputs = _edges(cell, 2, ((0,), (1,)))
    return _graph((cell,), pairs, outputs)


def stacked_graph(genotype: Genotype) -> CellGraph:
    """Return the normal cell and, on top of it, the reduction cell, as the network stacks them.

    The nodes are two inputs, the eight choices of the normal cell, the eight of the reduction
    cell, output. The reduction cell has the normal cell's input 1 as input 0 and the normal
    cell's output as input 1.
    """
    pairs, between = _edges(genotype.normal, 2, ((0,), (1,)))
    more, outputs = _edges(genotype.reduce, 2 + len(genotype.normal), ((1,), between))
    return _graph((genotype.normal, genotype.reduce), pairs + more, outputs)


_Pairs: TypeAlias = list[tuple[int, int]]


def _renumbered(cell: Cell, nodes: tuple[int, ...]) -> Cell | None:
    """Return the cell in which `nodes` come in this order; None if one came before its input."""
    number = dict(zip((*INPUTS, *nodes), (*INPUTS, *NODES), strict=True))
    choices = []
    for node in nodes:
        first = 2 * NODES.index(node)
        for name, source in cell[first : first + 2]:
            if number[source] >= number[node]:
                return None
            choices.append((name, number[source]))
    return sort_choices(tuple(choices))


def _edges(
    cell: Cell, first: int, inputs: tuple[tuple[int, ...], tuple[int, ...]]
) -> tuple[_Pairs, tuple[int, ...]]:
    """Return the edges into the choices of a cell, numbered from `first`, and all its choices."""
    entering = list(inputs)
    pairs = []
    for number, (_, source) in enumerate(cell, start=first):
        pairs += [(parent, number) for parent in entering[source]]
        if (number - first) % 2:
            entering.append((number - 1, number))
    return pairs, tuple(range(first, first + len(cell)))


def _graph(cells: tuple[Cell, ...], pairs: _Pairs, outputs: tuple[int, ...]) -> CellGraph:
    names = tuple(name for cell in cells for name, _ in cell)
    output = 2 + len(names)
    pairs = [*pairs, *((parent, output) for parent in outputs)]
    return CellGraph(
        operations=("input", "input", *names, "output"), edges=tuple(sorted(set(pairs)))
    )
