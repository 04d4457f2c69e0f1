"""Cell graphs as arrays with a global node, as TG-NAS reads them.

Cells of one space often have one adjacency, or a few: each is made once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from harness.core.architecture import CellGraph
from harness.text_graphs.vectors import WIDTH
from harness.text_graphs.words import Words, operator_vectors

__all__ = ["GraphArrays", "graph_arrays", "node_vectors", "normalise"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class GraphArrays:
    """n graphs of m nodes and s shapes; the last node is the global one.

    Nodes that a smaller graph lacks stand before its output.

    Attributes:
        vocabulary: The k operators that occur, sorted.
        operators: Shape ``(n, m)``, int64: place in the vocabulary; k for an absent node, k + 1
            for the global node.
        shapes: Shape ``(s, m, m)``, float64: 1 where the second node feeds the first; every node
            feeds itself and the global node. Rows and columns of absent nodes are zeros.
        shape_of: Shape ``(n,)``, int64: which of the shapes a graph has.
    """

    vocabulary: tuple[str, ...]
    operators: NDArray[np.int64]
    shapes: NDArray[np.float64]
    shape_of: NDArray[np.int64]


def graph_arrays(graphs: Sequence[CellGraph]) -> GraphArrays:
    """Bring n graphs, at least one, into arrays."""
    vocabulary = sorted({name for graph in graphs for name in graph.operations})
    number = {name: index for index, name in enumerate(vocabulary)}
    members: dict[tuple[int, tuple[tuple[int, int], ...]], list[int]] = {}
    for row, graph in enumerate(graphs):
        members.setdefault((len(graph.operations), graph.edges), []).append(row)
    m = 1 + max(nodes for nodes, _ in members)
    operators = np.full((len(graphs), m), len(vocabulary), dtype=np.int64)
    operators[:, -1] = len(vocabulary) + 1
    shape_of = np.empty(len(graphs), dtype=np.int64)
    shapes = np.zeros((len(members), m, m))
    for shape, ((nodes, edges), rows) in enumerate(members.items()):
        places = [*range(nodes - 1), m - 2]
        named = [number[name] for row in rows for name in graphs[row].operations]
        operators[np.ix_(rows, places)] = np.array(named).reshape(len(rows), nodes)
        shape_of[rows] = shape
        shapes[shape] = _adjacency(edges, places, m)
    return GraphArrays(
        vocabulary=tuple(vocabulary), operators=operators, shapes=shapes, shape_of=shape_of
    )


def node_vectors(vocabulary: Sequence[str], words: Words) -> NDArray[np.float32]:
    """Return what a node starts with, shape ``(k + 2, 385)``, in the numbers of `GraphArrays`.

    The second but last row, of absent nodes, is zeros; the last row, of the global node, is the
    only one whose last number is 1.

    Raises:
        UnsupportedError: An operator has no description.
        InfrastructureError: A description has no stored vector and there is no transformer.
    """
    k = len(vocabulary)
    vectors = np.zeros((k + 2, WIDTH + 1), dtype=np.float32)
    vectors[:k, :WIDTH] = operator_vectors(vocabulary, words)
    vectors[k + 1, WIDTH] = 1
    return vectors


def normalise(adjacency: NDArray[np.float64]) -> NDArray[np.float64]:
    """Divide by the square roots of both degrees, shape ``(s, m, m)``; absent nodes stay zeros."""
    into = adjacency.sum(2, keepdims=True).clip(min=1)
    out = adjacency.sum(1, keepdims=True).clip(min=1)
    divided: NDArray[np.float64] = adjacency / np.sqrt(into * out)
    return divided


def _adjacency(
    edges: Sequence[tuple[int, int]], places: Sequence[int], m: int
) -> NDArray[np.float64]:
    adjacency = np.zeros((m, m))
    for source, target in edges:
        adjacency[places[target], places[source]] = 1
    there = [*places, m - 1]
    adjacency[m - 1, there] = 1
    adjacency[there, there] = 1
    return adjacency
