"""Cells of NAS-Bench-101 (Ying et al., ICML 2019): values, pruning and canonical form.

A cell is a directed acyclic graph of at most seven vertices, the input first and the output last,
with an operation on every vertex between them. Vertices and edges on no path from the input to
the output are pruned before anything is built or counted; nine edges may remain.

Two cells are isomorphic if they prune to graphs that differ in the numbering of their vertices
alone. There are 423,624 classes, the number that the benchmark publishes.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

from harness.core.architecture import CellGraph

__all__ = [
    "OPERATIONS",
    "Cell",
    "canonical",
    "cell_graph",
    "fault",
    "neighbours",
    "parents_of_code",
    "prune",
    "vertices_in_use",
    "with_other_operation",
]

OPERATIONS = ("conv3x3-bn-relu", "conv1x1-bn-relu", "maxpool3x3")
_MOST_VERTICES = 7
_MOST_EDGES = 9


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One cell as it was given, which may be unpruned.

    Attributes:
        operations: Operations of the vertices ``1 .. n-2``.
        parents: Vertices from which an edge leads to the vertices ``1 .. n-1``, each ascending;
            every one is lower than the vertex itself.
    """

    operations: tuple[str, ...]
    parents: tuple[tuple[int, ...], ...]

    @property
    def output(self) -> int:
        """Number of the output vertex."""
        return len(self.parents)

    @property
    def edges(self) -> tuple[tuple[int, int], ...]:
        """Edges ``(source, target)`` in the order of their targets."""
        return tuple(
            (source, target)
            for target, sources in enumerate(self.parents, start=1)
            for source in sources
        )


def fault(cell: Cell) -> str | None:
    """Say which rule of the benchmark a cell breaks; None if it is valid."""
    if cell.output >= _MOST_VERTICES:
        return f"has {cell.output + 1} vertices, at most {_MOST_VERTICES} are allowed"
    if 0 not in vertices_in_use(cell):
        return "has no path from its input to its output"
    edges = len(prune(cell).edges)
    if edges > _MOST_EDGES:
        return f"has {edges} edges after pruning, at most {_MOST_EDGES} are allowed"
    return None


def vertices_in_use(cell: Cell) -> tuple[int, ...]:
    """Return the vertices on a path from the input to the output, ascending."""
    reached = {0}
    for target, sources in enumerate(cell.parents, start=1):
        if reached.intersection(sources):
            reached.add(target)
    reaching = {cell.output}
    for target in range(cell.output, 0, -1):
        if target in reaching:
            reaching.update(cell.parents[target - 1])
    return tuple(sorted(reached & reaching))


def prune(cell: Cell) -> Cell:
    """Return the cell without the vertices that are on no path; their order is kept.

    Args:
        cell: A cell with a path from its input to its output.
    """
    number = {vertex: new for new, vertex in enumerate(vertices_in_use(cell))}
    return Cell(
        operations=tuple(
            operation
            for vertex, operation in enumerate(cell.operations, start=1)
            if vertex in number
        ),
        parents=tuple(
            tuple(number[source] for source in sources if source in number)
            for target, sources in enumerate(cell.parents, start=1)
            if target in number
        ),
    )


def canonical(cell: Cell) -> Cell:
    """Return the representative of a cell's isomorphism class.

    It is the pruned cell under the numbering of its vertices that gives the lowest edge code
    and, among those, the first operations in the order of `OPERATIONS`. The edge code is the sum
    of ``2 ** (source + target * (target - 1) / 2)`` over all edges.

    Its network may have a few parameters more or less than the cell's own: channels that do not
    divide evenly go to the vertices with the lowest numbers.
    """
    cell = prune(cell)
    labels = [OPERATIONS.index(operation) for operation in cell.operations]
    code, numbers = min(
        (code, tuple(labels[vertex - 1] for vertex in order)) for order, code in _renumberings(cell)
    )
    return Cell(
        operations=tuple(OPERATIONS[number] for number in numbers),
        parents=parents_of_code(cell.output + 1, code),
    )


def parents_of_code(vertices: int, code: int) -> tuple[tuple[int, ...], ...]:
    """Return the parents of the vertices ``1 .. vertices - 1`` under an edge code."""
    parents = []
    for target in range(1, vertices):
        sources = code >> (target * (target - 1) // 2)
        parents.append(tuple(source for source in range(target) if sources >> source & 1))
    return tuple(parents)


def neighbours(cell: Cell) -> Iterator[Cell]:
    """Yield the valid cells with one edge flipped, then those with one operation changed.

    Vertices are neither added nor removed, but an unpruned vertex may come into use or fall out.
    """
    for target, source in itertools.combinations(range(cell.output, -1, -1), 2):
        sources = set(cell.parents[target - 1]) ^ {source}
        parents = (*cell.parents[: target - 1], tuple(sorted(sources)), *cell.parents[target:])
        changed = Cell(operations=cell.operations, parents=parents)
        if fault(changed) is None:
            yield changed
    yield from with_other_operation(cell)


def with_other_operation(cell: Cell) -> Iterator[Cell]:
    """Yield the cells that differ in the operation of one vertex."""
    for index, present in enumerate(cell.operations):
        for other in OPERATIONS:
            if other != present:
                operations = (*cell.operations[:index], other, *cell.operations[index + 1 :])
                yield Cell(operations=operations, parents=cell.parents)


def cell_graph(cell: Cell) -> CellGraph:
    """Return the pruned cell as a graph with operations on its nodes."""
    cell = prune(cell)
    return CellGraph(
        operations=("input", *cell.operations, "output"), edges=tuple(sorted(cell.edges))
    )


def _renumberings(cell: Cell) -> Iterator[tuple[tuple[int, ...], int]]:
    """Yield all topological orders of the inner vertices with the edge codes they lead to."""
    edges = cell.edges
    for order in itertools.permutations(range(1, cell.output)):
        number = [0] * cell.output + [cell.output]
        for new, vertex in enumerate(order, start=1):
            number[vertex] = new
        code = 0
        for source, target in edges:
            low, high = number[source], number[target]
            if low >= high:
                break
            code |= 1 << (low + high * (high - 1) // 2)
        else:
            yield order, code
