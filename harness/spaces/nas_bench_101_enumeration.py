"""All 423,624 cells of NAS-Bench-101, one per isomorphism class.

Graphs are enumerated first: for every number of vertices, all edge codes of graphs in which every
vertex is on a path and at most nine edges lie, less those that another numbering of the vertices
makes lower. That leaves 2,494 graphs. A graph's cells are the operations that no automorphism of
the graph makes earlier in the order of `OPERATIONS`. So nothing is stored but the graphs.
"""

from __future__ import annotations

import itertools
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from harness.spaces.nas_bench_101_cell import OPERATIONS, Cell, parents_of_code

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["canonical_cells", "sample_cell"]

_VERTICES = range(2, 8)
_MOST_EDGES = 9


@dataclass(frozen=True, slots=True, kw_only=True)
class _Graph:
    """Lowest numbering of a graph, and its automorphisms as rearrangements of operations."""

    vertices: int
    parents: tuple[tuple[int, ...], ...]
    automorphisms: tuple[tuple[int, ...], ...]

    @property
    def labelings(self) -> int:
        """Number of ways to choose operations, isomorphic ones included."""
        return int(len(OPERATIONS) ** (self.vertices - 2))

    def is_first(self, labels: tuple[int, ...]) -> bool:
        """Whether no automorphism brings the labels into an earlier order."""
        return all(
            labels <= tuple(labels[index] for index in order) for order in self.automorphisms
        )

    def cell(self, labels: tuple[int, ...]) -> Cell:
        """Return the cell with these operations."""
        return Cell(operations=tuple(OPERATIONS[label] for label in labels), parents=self.parents)


def canonical_cells() -> Iterator[Cell]:
    """Yield the representatives of all classes: by vertices, then edge code, then operations."""
    for graph in _graphs():
        for labels in itertools.product(range(len(OPERATIONS)), repeat=graph.vertices - 2):
            if graph.is_first(labels):
                yield graph.cell(labels)


def sample_cell(generator: np.random.Generator) -> Cell:
    """Draw a class uniformly and return its representative.

    A graph with operations is drawn uniformly and, about one time in sixteen, drawn again because
    the operations are not the first of their class.
    """
    graphs, ends = _graphs(), _ends()
    while True:
        drawn = int(generator.integers(ends[-1]))
        index = bisect_right(ends, drawn)
        graph = graphs[index]
        number = ends[index] - 1 - drawn
        labels = tuple(
            number // len(OPERATIONS) ** place % len(OPERATIONS)
            for place in range(graph.vertices - 2)
        )
        if graph.is_first(labels):
            return graph.cell(labels)


@cache
def _graphs() -> tuple[_Graph, ...]:
    return tuple(
        _Graph(
            vertices=vertices,
            parents=parents_of_code(vertices, code),
            automorphisms=_automorphisms(vertices, code),
        )
        for vertices in _VERTICES
        for code in _lowest_codes(vertices)
    )


@cache
def _ends() -> tuple[int, ...]:
    """Return the running total of the graphs' labelings."""
    return tuple(itertools.accumulate(graph.labelings for graph in _graphs()))


def _lowest_codes(vertices: int) -> list[int]:
    codes = _codes_without_idle_vertices(vertices)
    for order in itertools.permutations(range(1, vertices - 1)):
        renumbered, is_topological = _renumbered(codes, vertices, order)
        codes = codes[~is_topological | (renumbered >= codes)]
    return [int(code) for code in codes]


def _codes_without_idle_vertices(vertices: int) -> NDArray[np.int64]:
    import numpy as np

    edges = _edges(vertices)
    codes = np.arange(1 << len(edges), dtype=np.int64)
    counts = np.zeros(len(codes), dtype=np.int8)
    for bit in range(len(edges)):
        counts += (codes >> bit & 1).astype(np.int8)
    codes = codes[counts <= _MOST_EDGES]
    for vertex in range(vertices):
        leaving = sum(1 << bit for bit, (source, _) in enumerate(edges) if source == vertex)
        entering = sum(1 << bit for bit, (_, target) in enumerate(edges) if target == vertex)
        has_leaving = (codes & leaving != 0) | (vertex == vertices - 1)
        has_entering = (codes & entering != 0) | (vertex == 0)
        codes = codes[has_leaving & has_entering]
    return codes


def _renumbered(
    codes: NDArray[np.int64], vertices: int, order: tuple[int, ...]
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Return the codes after vertex ``v`` became ``order[v - 1]``, and where that is allowed."""
    import numpy as np

    number = (0, *order, vertices - 1)
    renumbered = np.zeros_like(codes)
    is_topological = np.ones(len(codes), dtype=np.bool_)
    for bit, (source, target) in enumerate(_edges(vertices)):
        present = codes >> bit & 1
        low, high = number[source], number[target]
        if low < high:
            renumbered |= present << (low + high * (high - 1) // 2)
        else:
            is_topological &= present == 0
    return renumbered, is_topological


def _automorphisms(vertices: int, code: int) -> tuple[tuple[int, ...], ...]:
    """Return the rearrangements of operations that renumberings without effect bring about."""
    edges = {edge for bit, edge in enumerate(_edges(vertices)) if code >> bit & 1}
    rearrangements = []
    for order in itertools.permutations(range(1, vertices - 1)):
        number = (0, *order, vertices - 1)
        if all((number[source], number[target]) in edges for source, target in edges):
            rearrangements.append(tuple(vertex - 1 for vertex in order))
    return tuple(rearrangements)


def _edges(vertices: int) -> list[tuple[int, int]]:
    """Return all possible edges; the place of an edge is its bit in the edge code."""
    return [(source, target) for target in range(vertices) for source in range(target)]
