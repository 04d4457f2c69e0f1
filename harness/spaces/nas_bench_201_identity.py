"""Which cells of NAS-Bench-201 are one network, in four senses.

================  =======  ======================================================================
kind              classes  cells of a class
================  =======  ======================================================================
``computation``     5,260  compute the same with the same weights, once operations that carry no
                           signal from the input to the output are removed
``network``         5,580  the same, and have the same dead weights: as many convolutions of either
                           size among what is removed
``published``       6,466  have the benchmark's unique string
``expression``      5,390  have one such string after zeros are dropped consistently
================  =======  ======================================================================

The strings write a node as the sum of what enters it, and forget which node a term came from: a
convolution whose output is used twice and two convolutions of equal input give one string. So 578
classes of ``published`` hold cells with different numbers of parameters, and 389 of ``expression``
(430 and 337 do if dead weights do not count). ``published`` keeps zeros in a sum besides, so that
cells that compute the same stay apart. Neither happens in ``computation``, see
`harness.spaces.four_node_identity`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from harness.spaces.four_node_cells import EDGES, OUTPUT, Operations
from harness.spaces.four_node_identity import computation, dead_layers

__all__ = ["KINDS"]


def _has_weights(name: str, source: int) -> bool:
    del source
    return name in ("nor_conv_1x1", "nor_conv_3x3")


def _computation(cell: Operations) -> str:
    return computation(cell, _has_weights)


def _network(cell: Operations) -> str:
    return f"{_computation(cell)}; dead: {dead_layers(cell, _has_weights)}"


def _published(cell: Operations) -> str:
    """Return the benchmark's unique string.

    The expression of node 0 is ``0``. Any other node is the text-sorted list, joined by ``+``,
    of one term per incoming edge, where an edge from a node with expression ``e`` gives

    - ``#`` (zero), if its operation is ``none`` or ``e`` is exactly ``#``;
    - ``e`` itself, if its operation is ``skip_connect``;
    - ``(e)@operation`` otherwise.

    The string is the expression of node 3. It keeps ``#`` in a sum and does not take a sum of
    zeros for zero; a skipped sum stays in one piece among its new neighbours.
    """
    return _expression(cell, zero="#")


def _without_zeros(cell: Operations) -> str:
    """Return the same without zeros: a sum of none is none, and what reads it carries nothing."""
    return _expression(cell, zero="")


def _expression(cell: Operations, zero: str) -> str:
    expressions = ["0"]
    for node in (1, 2, 3):
        terms = [
            _edge(expressions[source], operation, zero)
            for (source, target), operation in zip(EDGES, cell, strict=True)
            if target == node
        ]
        expressions.append("+".join(sorted(filter(None, terms))))
    return expressions[OUTPUT]


def _edge(expression: str, operation: str, zero: str) -> str:
    if operation == "none" or expression == zero:
        return zero
    return expression if operation == "skip_connect" else f"({expression})@{operation}"


KINDS: Mapping[str, Callable[[Operations], str]] = {
    "computation": _computation,
    "network": _network,
    "published": _published,
    "expression": _without_zeros,
}
"""Texts that are equal for cells of one network, by what is meant by that."""
