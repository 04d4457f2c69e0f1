"""Choices of a NAS-Bench-1Shot1 space: which NAS-Bench-101 cells have its number of parents.

An architecture assigns an operation to every vertex between input and output and a set of parents
to every vertex after the input; a space fixes how many parents each vertex has. A vertex that
nothing uses is a loose end. Its choices change nothing: the NAS-Bench-101 cell is the pruned one.
A cell that is given without them gets *idle choices*: the convolution 1x1, as in the release, and
the first vertices as parents.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from typing import TypeAlias

from harness.spaces.nas_bench_101_cell import (
    OPERATIONS,
    Cell,
    prune,
    vertices_in_use,
    with_other_operation,
)

__all__ = [
    "Parents",
    "ParentsPerVertex",
    "complete_cell",
    "count",
    "is_published",
    "neighbours",
    "parent_choices",
    "without_loose_ends",
]

ParentsPerVertex: TypeAlias = tuple[int, ...]
"""Numbers of parents of the vertices 1, 2, ..., output."""

Parents: TypeAlias = tuple[tuple[int, ...], ...]

_IDLE_OPERATION = "conv1x1-bn-relu"


def count(numbers: ParentsPerVertex) -> int:
    """Return the number of architectures, loose ends included."""
    parents = math.prod(math.comb(vertex, number) for vertex, number in enumerate(numbers, start=1))
    return int(parents * len(OPERATIONS) ** (len(numbers) - 1))


def parent_choices(numbers: ParentsPerVertex) -> tuple[Parents, ...]:
    """Return for every vertex all sets of parents it may have."""
    return tuple(
        tuple(itertools.combinations(range(vertex), number))
        for vertex, number in enumerate(numbers, start=1)
    )


def without_loose_ends(numbers: ParentsPerVertex) -> Iterator[Cell]:
    """Yield every cell whose loose ends, if any, have idle choices.

    A cell without loose ends is one of these, up to the idle choices of the vertices it lacks.
    """
    for parents in itertools.product(*parent_choices(numbers)):
        cell = Cell(operations=(_IDLE_OPERATION,) * (len(numbers) - 1), parents=parents)
        used = vertices_in_use(cell)
        if any(
            vertex not in used and sources != tuple(range(len(sources)))
            for vertex, sources in enumerate(parents, start=1)
        ):
            continue
        open_operations = (
            OPERATIONS if vertex in used else (_IDLE_OPERATION,)
            for vertex in range(1, len(numbers))
        )
        for operations in itertools.product(*open_operations):
            yield Cell(operations=operations, parents=parents)


def is_published(cell: Cell) -> bool:
    """Say whether the release lists a cell: every vertex in use is fed by the one before it.

    The release looks for cells from the output backwards and follows only the last parent that it
    gave to a vertex, so it finds no others.
    """
    return all(
        source in cell.parents[target - 1]
        for source, target in itertools.pairwise(vertices_in_use(cell))
    )


def neighbours(cell: Cell) -> Iterator[Cell]:
    """Yield the cells with another operation of one vertex, then with other parents of one."""
    numbers = tuple(len(sources) for sources in cell.parents)
    yield from with_other_operation(cell)
    for index, choices in enumerate(parent_choices(numbers)):
        for sources in choices:
            if sources != cell.parents[index]:
                parents = (*cell.parents[:index], sources, *cell.parents[index + 1 :])
                yield Cell(operations=cell.operations, parents=parents)


def complete_cell(cell: Cell, numbers: ParentsPerVertex) -> Cell | None:
    """Return the architecture of a space that a valid NAS-Bench-101 cell stands for.

    A cell that already makes all choices is returned as it is. Otherwise its unused vertices get
    idle choices, and the used ones stay where they are if they can, or else move to the first
    places where their numbers of parents fit.

    Args:
        cell: A valid cell, pruned or not. The release puts an unused vertex before the output of
            its smaller cells; it may be there.
        numbers: Numbers of parents in the space.

    Returns:
        The architecture, or None if the space does not contain the cell.
    """
    if tuple(len(sources) for sources in cell.parents) == numbers:
        return cell
    small, used = prune(cell), vertices_in_use(cell)[1:-1]
    elsewhere = itertools.permutations(range(1, len(numbers)), len(used))
    for places in itertools.chain([used], elsewhere):
        moved = _moved(small, places, numbers)
        if moved is not None:
            return moved
    return None


def _moved(small: Cell, places: Sequence[int], numbers: ParentsPerVertex) -> Cell | None:
    """Put the inner vertices of a pruned cell to other places; None if they do not fit there."""
    output = len(numbers)
    number = (0, *places, output)
    operations = [_IDLE_OPERATION] * (output - 1)
    parents = [tuple(range(idle)) for idle in numbers]
    if any(place >= output for place in places):
        return None
    for vertex, operation in enumerate(small.operations, start=1):
        operations[number[vertex] - 1] = operation
    for vertex, sources in enumerate(small.parents, start=1):
        place = number[vertex]
        moved = tuple(sorted(number[source] for source in sources))
        if len(moved) != numbers[place - 1] or moved[-1] >= place:
            return None
        parents[place - 1] = moved
    return Cell(operations=tuple(operations), parents=tuple(parents))
