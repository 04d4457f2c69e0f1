"""Topology of a NAS-Bench-201 cell: which edge meets which, without notation and without torch.

A cell has the nodes 0 (input), 1, 2 and 3 (output) and one operation on every edge from a lower
to a higher node (Dong and Yang, "NAS-Bench-201", ICLR 2020). A cell is here the tuple of its six
operation names in the order of `EDGES`, which is the order of the published cell string.
"""

from __future__ import annotations

from typing import TypeAlias

from harness.core.architecture import CellGraph

__all__ = [
    "EDGES",
    "OPERATIONS",
    "Operations",
    "canonical_text",
    "cell_graph",
    "connects_input_to_output",
    "has_unreachable_operation",
]

Operations: TypeAlias = tuple[str, ...]

OPERATIONS = ("none", "skip_connect", "nor_conv_1x1", "nor_conv_3x3", "avg_pool_3x3")
EDGES = ((0, 1), (0, 2), (1, 2), (0, 3), (1, 3), (2, 3))
_OUTPUT = 3


def connects_input_to_output(operations: Operations) -> bool:
    """Say whether any path without a ``none`` edge leads from the input to the output."""
    return _OUTPUT in _after_input(_live_edges(operations))


def has_unreachable_operation(operations: Operations) -> bool:
    """Say whether any operation other than ``none`` lies on no path from input to output."""
    live = _live_edges(operations)
    after, before = _after_input(live), _before_output(live)
    return any(source not in after or target not in before for source, target in live)


def canonical_text(operations: Operations) -> str:
    """Return the unique string of a cell by the method of NAS-Bench-201.

    The expression of node 0 is ``0``. Any other node is the text-sorted list, joined by ``+``,
    of one term per incoming edge, where an edge from a node with expression ``e`` gives

    - ``#`` (zero), if its operation is ``none`` or ``e`` is exactly ``#``;
    - ``e`` itself, if its operation is ``skip_connect``;
    - ``(e)@operation`` otherwise.

    The canonical text is the expression of node 3. The 15,625 cells have 6,466 such texts, the
    number that the benchmark publishes. Cells with equal texts compute the same function. The
    method does not find every such pair: it keeps ``#`` in a sum, does not take a sum of zeros
    for zero, and does not reorder the terms of a skipped sum among their new neighbours. Dropping
    zeros and flattening sums as well would leave 4,930 classes.
    """
    expressions = ["0"]
    for node in (1, 2, 3):
        terms = [
            _term(expressions[source], operation)
            for (source, target), operation in zip(EDGES, operations, strict=True)
            if target == node
        ]
        expressions.append("+".join(sorted(terms)))
    return expressions[_OUTPUT]


def cell_graph(operations: Operations) -> CellGraph:
    """Return the cell with its operations on nodes: input, the six of `EDGES`, output.

    An operation on an edge that leaves cell node ``k`` has the operations on the edges that enter
    ``k`` as parents, or the input if ``k`` is 0. ``none`` stays as a node.
    """
    entering: dict[int, list[int]] = {0: [0], 1: [], 2: [], 3: []}
    pairs = []
    for node, (source, target) in enumerate(EDGES, start=1):
        pairs += [(parent, node) for parent in entering[source]]
        entering[target].append(node)
    output = len(EDGES) + 1
    pairs += [(parent, output) for parent in entering[_OUTPUT]]
    return CellGraph(operations=("input", *operations, "output"), edges=tuple(sorted(pairs)))


def _term(expression: str, operation: str) -> str:
    if operation == "none" or expression == "#":
        return "#"
    return expression if operation == "skip_connect" else f"({expression})@{operation}"


def _live_edges(operations: Operations) -> list[tuple[int, int]]:
    return [edge for edge, operation in zip(EDGES, operations, strict=True) if operation != "none"]


def _after_input(live: list[tuple[int, int]]) -> set[int]:
    """Return the nodes that the input reaches; `live` is sorted by target."""
    reached = {0}
    for source, target in live:
        if source in reached:
            reached.add(target)
    return reached


def _before_output(live: list[tuple[int, int]]) -> set[int]:
    """Return the nodes that reach the output; `live` is sorted by target."""
    reaching = {_OUTPUT}
    for source, target in reversed(live):
        if target in reaching:
            reaching.add(source)
    return reaching
