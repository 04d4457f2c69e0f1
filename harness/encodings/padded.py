"""Cell graphs as arrays of one shape, so that whole populations are encoded at once.

Nodes keep their order; nodes that a smaller graph lacks stand before its output, so that inputs
come first and the output last everywhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from harness.core.architecture import CellGraph

__all__ = ["ABSENT", "ENDS", "Padded", "pad"]

ABSENT = -1
"""Stands in `Padded.operations` for a node that a graph does not have."""

ENDS = ("input", "output")
"""Labels of nodes that compute nothing."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Padded:
    """n graphs of at most m nodes.

    Attributes:
        vocabulary: Labels of nodes that occur, sorted.
        operations: Shape ``(n, m)``: index into the vocabulary, or `ABSENT`.
        edges: Shape ``(n, m, m)``: whether an edge leads from the first to the second node.
    """

    vocabulary: tuple[str, ...]
    operations: NDArray[np.int64]
    edges: NDArray[np.bool_]

    @property
    def searched(self) -> tuple[str, ...]:
        """The vocabulary without inputs and output."""
        return tuple(label for label in self.vocabulary if label not in ENDS)

    def rows(self, indices: NDArray[np.int64]) -> Padded:
        """Keep some graphs, in the given order."""
        return Padded(
            vocabulary=self.vocabulary,
            operations=self.operations[indices],
            edges=self.edges[indices],
        )

    def labelled(self, names: Sequence[str]) -> NDArray[np.bool_]:
        """Return shape ``(n, m)``: which nodes have one of these labels."""
        return np.isin(self.operations, [self.vocabulary.index(name) for name in names])


def pad(graphs: Sequence[CellGraph], vocabulary: Sequence[str] = ()) -> Padded:
    """Bring graphs to one shape.

    Args:
        graphs: At least one graph.
        vocabulary: Labels to number even where no graph has them.
    """
    names = sorted({*vocabulary, *(name for graph in graphs for name in graph.operations)})
    number = {name: index for index, name in enumerate(names)}
    most = max(len(graph.operations) for graph in graphs)
    operations = np.full((len(graphs), most), ABSENT, dtype=np.int64)
    edges = np.zeros((len(graphs), most, most), dtype=np.bool_)
    for row, graph in enumerate(graphs):
        last = len(graph.operations) - 1
        place = [*range(last), most - 1]
        operations[row, place] = [number[name] for name in graph.operations]
        for source, target in graph.edges:
            edges[row, place[source], place[target]] = True
    return Padded(vocabulary=tuple(names), operations=operations, edges=edges)
