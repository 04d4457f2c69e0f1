"""Which cells of the micro space of TransNAS-Bench-101 are the same (Duan et al., CVPR 2021)."""

from __future__ import annotations

from harness.spaces.four_node_cells import EDGES, Operations, without_unreachable

__all__ = ["OPERATIONS", "canonical"]

OPERATIONS = ("none", "skip_connect", "nor_conv_1x1", "nor_conv_3x3")
"""In the order of the digits of the cell string."""

_SWAP = (0, 2, 1, 3)


def canonical(operations: Operations) -> Operations:
    """Return one cell for all that differ in operations on no path or in the order of nodes.

    Operations on no path from input to output become ``none``. If no edge joins the nodes 1 and
    2, they can change places; the cell is then the lesser of two, by `OPERATIONS`. A
    ``skip_connect`` is not taken for the identity: on an edge from the input of a cell that
    halves the resolution it has parameters.
    """
    live = without_unreachable(operations)
    named = dict(zip(EDGES, live, strict=True))
    if named[(1, 2)] != "none":
        return live
    swapped = tuple(
        "none" if edge == (1, 2) else named[(_SWAP[edge[0]], _SWAP[edge[1]])] for edge in EDGES
    )
    return min(live, swapped, key=lambda cell: [OPERATIONS.index(name) for name in cell])
