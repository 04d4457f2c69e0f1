"""Number of active edges of a cell: a trivial baseline.

    score = number of operations on a path from an input to the output of the cell

``none`` is no operation and ends a path; ``skip_connect`` is one. In spaces with operations on
nodes it is the number of nodes in use. A definition of this package, after the observation of
Kadlecova et al. (ICML 2024) that nwot on NAS-Bench-201 follows from this number and the number of
convolutions.
"""

from __future__ import annotations

from collections.abc import Iterable

from harness.core.architecture import CellGraph
from harness.passes.observation import Observation
from harness.passes.subject import GRAPH
from harness.plugin import Direction, ZeroCostProxy

__all__ = ["PLUGIN", "active_operations"]


def active_operations(graph: CellGraph) -> int:
    """Count the operations that lie on a path from an input to the output without ``none``."""
    live = {
        node
        for node, operation in enumerate(graph.operations)
        if operation not in ("none", "input", "output")
    }
    inputs = {node for node, operation in enumerate(graph.operations) if operation == "input"}
    output = {len(graph.operations) - 1}
    after = _reached(inputs, sorted(graph.edges), live)
    backwards = sorted(((target, source) for source, target in graph.edges), reverse=True)
    return len(live & after & _reached(output, backwards, live))


def _reached(start: set[int], edges: Iterable[tuple[int, int]], live: set[int]) -> set[int]:
    """Return the live nodes that edges, sorted by where they start, lead to."""
    reached = set(start)
    for source, target in edges:
        if source in reached and target in live:
            reached.add(target)
    return reached


def _score(observation: Observation) -> float:
    return float(active_operations(observation[GRAPH]))


PLUGIN = ZeroCostProxy(
    name="active_edges",
    version="1",
    summary="Number of operations on a path from input to output of the cell.",
    direction=Direction.HIGHER,
    passes=(GRAPH,),
    score=_score,
)
