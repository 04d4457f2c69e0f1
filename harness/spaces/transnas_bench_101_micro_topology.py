"""Topology of a TransNAS-Bench-101 micro cell, without notation and without torch.

A cell has the nodes 0 (input), 1, 2 and 3 (output) and one operation on every edge from a lower to
a higher node (Duan et al., "TransNAS-Bench-101", CVPR 2021). A cell is here the tuple of its six
operation names in the order of `EDGES`, which is the order of the published cell string.
"""

from __future__ import annotations

from typing import TypeAlias

from harness.core.architecture import CellGraph

__all__ = [
    "EDGES",
    "OPERATIONS",
    "Operations",
    "canonical",
    "cell_graph",
    "has_unreachable_operation",
]

Operations: TypeAlias = tuple[str, ...]

OPERATIONS = ("none", "skip_connect", "nor_conv_1x1", "nor_conv_3x3")
"""In the order of the digits of the cell string."""

EDGES = ((0, 1), (0, 2), (1, 2), (0, 3), (1, 3), (2, 3))
_OUTPUT = 3
_SWAP = (0, 2, 1, 3)


def has_unreachable_operation(operations: Operations) -> bool:
    """Say whether any operation other than ``none`` lies on no path from input to output."""
    return _without_unreachable(operations) != operations


def canonical(operations: Operations) -> Operations:
    """Return one cell for all that differ in operations on no path or in the order of nodes.

    Operations on no path from input to output become ``none``. If no edge joins the nodes 1 and
    2, they can change places; the cell is then the lesser of two, by `OPERATIONS`. A
    ``skip_connect`` is not taken for the identity: on an edge from the input of a cell that
    halves the resolution it has parameters.
    """
    live = _without_unreachable(operations)
    named = dict(zip(EDGES, live, strict=True))
    if named[(1, 2)] != "none":
        return live
    swapped = tuple(
        "none" if edge == (1, 2) else named[(_SWAP[edge[0]], _SWAP[edge[1]])] for edge in EDGES
    )
    return min(live, swapped, key=lambda cell: [OPERATIONS.index(name) for name in cell])


def cell_graph(operations: Operations) -> CellGraph:
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
    pairs += [(parent, output) for parent in entering[_OUTPUT]]
    return CellGraph(operations=("input", *operations, "output"), edges=tuple(sorted(pairs)))


def _without_unreachable(operations: Operations) -> Operations:
    """Set every operation on no path from input to output to ``none``; `EDGES` is by target."""
    after, before = {0}, {_OUTPUT}
    named = tuple(zip(EDGES, operations, strict=True))
    for (source, target), name in named:
        if name != "none" and source in after:
            after.add(target)
    for (source, target), name in reversed(named):
        if name != "none" and target in before:
            before.add(source)
    return tuple(
        name if source in after and target in before else "none" for (source, target), name in named
    )
