"""Trained cells of NAS-Bench-101 from three stored tables.

2,500 and 500 samples of the whole space and the 3,609 cells of NAS-Bench-1Shot1's second space.
Each table has its own split and runs, so that labels are ranks within a table.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from harness.core.aggregation import average_ranks
from harness.core.architecture import Architecture, CellGraph
from harness.spaces.registry import space
from harness.truth import Places, load

__all__ = ["Cells", "training_cells"]

_TABLES = ("nb101-cifar10-test", "nb101-cifar10-suite-zero", "nb1shot1-2-cifar10-test")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Cells:
    """Cells of one table.

    Attributes:
        task: Name of the table.
        graphs: Length n.
        labels: Shape ``(n,)``: rank within the table, 0 to 1, higher is better.
    """

    task: str
    graphs: tuple[CellGraph, ...]
    labels: NDArray[np.float64]

    def where(self, mask: NDArray[np.bool_]) -> Cells:
        """Keep some cells."""
        kept = tuple(graph for graph, taken in zip(self.graphs, mask, strict=True) if taken)
        return Cells(task=self.task, graphs=kept, labels=self.labels[mask])


def training_cells(places: Places | None = None) -> tuple[Cells, ...]:
    """Read the three tables.

    Raises:
        HarnessError: As for `harness.truth.load`.
    """
    tables = []
    for name in _TABLES:
        truth = load(name, places=places)
        searched = space(truth.space)
        texts = sorted(truth.values)
        ranks = average_ranks(truth.merits(texts))
        graphs = [searched.graph(Architecture(space=truth.space, text=text)) for text in texts]
        tables.append(Cells(task=name, graphs=tuple(graphs), labels=(ranks - 0.5) / len(ranks)))
    return tuple(tables)
