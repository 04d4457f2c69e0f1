"""What NAS-Bench-201 says of its cells (Dong and Yang, ICLR 2020), without notation and torch."""

from __future__ import annotations

from harness.spaces.four_node_cells import EDGES, OUTPUT, Operations, without_unreachable

__all__ = ["OPERATIONS", "canonical_text", "connects_input_to_output"]

OPERATIONS = ("none", "skip_connect", "nor_conv_1x1", "nor_conv_3x3", "avg_pool_3x3")


def connects_input_to_output(operations: Operations) -> bool:
    """Say whether any path without a ``none`` edge leads from the input to the output."""
    return any(name != "none" for name in without_unreachable(operations))


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
    return expressions[OUTPUT]


def _term(expression: str, operation: str) -> str:
    if operation == "none" or expression == "#":
        return "#"
    return expression if operation == "skip_connect" else f"({expression})@{operation}"
