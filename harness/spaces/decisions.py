"""Cells as decisions: edges with operations on them, of which a search takes away or chooses.

While an edge has several operations, the cell is a supernet: every operation of an edge is a node
of the graph, and whoever hears the edge hears all of them. With one operation an edge the graph is
that of the space.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from harness.core.architecture import Architecture, CellGraph
from harness.spaces.choices import Choices

__all__ = [
    "ChosenGenes",
    "Decisions",
    "Edge",
    "Genes",
    "Left",
    "Thinning",
    "Wiring",
    "interval_of",
]


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Edge:
    """A place for an operation, from one node of a cell to a later one.

    Attributes:
        cell: Number of the cell, in the order of the data flow.
    """

    cell: int
    source: int
    target: int


Left: TypeAlias = Mapping[Edge, tuple[str, ...]]
"""The operations that are left on each edge; an edge that is missing is not there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Thinning:
    """Edges of which only some are kept in the end."""

    edges: tuple[Edge, ...]
    keep: int


class Genes(Protocol):
    """Numbers from 0 to 1 that an architecture follows from."""

    @property
    def genes(self) -> int:
        """How many there are."""
        ...

    def decoded(self, genes: NDArray[np.float64]) -> Architecture:
        """Return the architecture of numbers from 0 to 1, shape ``(genes,)``."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ChosenGenes:
    """A number for each choice of a space that is made of named choices; implements `Genes`."""

    space: str
    choices: Choices

    @property
    def genes(self) -> int:
        """Number of choices."""
        return self.choices.genes

    def decoded(self, genes: NDArray[np.float64]) -> Architecture:
        """Return the architecture of one number a choice."""
        return Architecture(space=self.space, text=self.choices.decoded(genes))


class Decisions(Genes, Protocol):
    """What a search decides in the cells of a space."""

    @property
    def thinnings(self) -> tuple[Thinning, ...]:
        """Sets of edges that are thinned out once every edge has one operation."""
        ...

    def everything(self) -> Left:
        """Return all edges with all operations that carry something."""
        ...

    def graph(self, left: Left) -> CellGraph:
        """Return the cell, or supernet, as a graph."""
        ...

    def architecture(self, left: Left) -> Architecture:
        """Return the architecture that has one operation on every edge that is left."""
        ...


class Wiring:
    """A graph under construction: nodes are added after what they hear."""

    def __init__(self, inputs: int) -> None:
        self.names = ["input"] * inputs
        self.edges: list[tuple[int, int]] = []

    def add(self, name: str, parents: Sequence[int]) -> int:
        """Add a node that hears others; return its number."""
        self.edges += [(parent, len(self.names)) for parent in parents]
        self.names.append(name)
        return len(self.names) - 1

    def cell(self, left: Left, number: int, entering: dict[int, list[int]]) -> None:
        """Add the operations of a cell; `entering` gains what enters each of its nodes."""
        of_cell = [edge for edge in left if edge.cell == number]
        for edge in sorted(of_cell, key=lambda edge: (edge.target, edge.source)):
            heard = entering.setdefault(edge.source, [])
            added = [self.add(name, heard) for name in left[edge]]
            entering.setdefault(edge.target, []).extend(added)

    def finished(self, outputs: Sequence[int]) -> CellGraph:
        """Add the output, which hears `outputs`."""
        self.add("output", outputs)
        return CellGraph(operations=tuple(self.names), edges=tuple(sorted(self.edges)))


def interval_of(gene: float, count: int) -> int:
    """Return which of so many equal parts of 0 to 1 a number lies in; 1 lies in the last."""
    return min(int(gene * count), count - 1)
