"""The space NAS-Bench-101 (Ying et al., ICML 2019): 423,624 cells of three operations.

Three notations are read; see `harness.spaces.nas_bench_101_notation`. An architecture keeps the
vertices and their order as they were given, since its network and thus its published number of
parameters depend on the order. Isomorphic cells share one trained result and one canonical text.
The canonical text is itself an architecture's text, and the one that enumeration yields.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from harness.core.architecture import (
    IDENTITIES,
    Architecture,
    CellGraph,
    Dataset,
    Space,
    require_kind,
    require_member,
    require_subset,
)
from harness.spaces import nas_bench_101_cell as cells
from harness.spaces import nas_bench_101_enumeration as enumeration
from harness.spaces import nas_bench_101_notation as notation
from harness.spaces.datasets import DATASETS
from harness.spaces.nas_bench_101_cell import Cell

if TYPE_CHECKING:
    import numpy as np
    from torch import nn

__all__ = ["SPACE", "cell"]

_NAME = "nas-bench-101"


def cell(architecture: Architecture) -> Cell:
    """Return the cell of an architecture, unpruned as it was given.

    Raises:
        DataError: The architecture is of another space or its text is no cell.
    """
    require_member(architecture, _NAME)
    return notation.read_text(architecture.text)


class _NasBench101:
    """The 423,624 classes of isomorphic cells; implements `Space`."""

    name: Final = _NAME
    family: Final = "CNN"
    summary: Final = "423,624 cells of three operations"
    size: Final = 423_624
    subsets: Final = ("all",)
    dataset: Final = DATASETS["cifar10"]
    largest: Final = 7_218_069_504

    def parse(self, text: str) -> Architecture:
        """Read the harness's own text, NASLib's tuple or matrix and names, all given as text.

        Raises:
            DataError: The text is none of the three or the cell is invalid.
        """
        return _architecture(notation.read_text(text))

    def enumerate(self, subset: str = "all") -> Iterator[Architecture]:
        """Yield one cell of each class: by vertices, then edges, then operations.

        The first cell comes after about a second, all after a few; none are kept.

        Raises:
            UsageError: No such subset.
        """
        require_subset(subset, self)
        return (_architecture(member) for member in enumeration.canonical_cells())

    def sample(self, generator: np.random.Generator) -> Architecture:
        """Draw one of the 423,624 classes uniformly."""
        return _architecture(enumeration.sample_cell(generator))

    def neighbours(self, architecture: Architecture) -> tuple[Architecture, ...]:
        """Return the valid cells that differ in one edge or in one operation.

        The number of vertices stays, pruned ones included. Some neighbours may be isomorphic.
        """
        return tuple(_architecture(neighbour) for neighbour in cells.neighbours(cell(architecture)))

    def canonical(self, architecture: Architecture, kind: str = "computation") -> str:
        """Return the text of the isomorphism class's representative, whatever is meant by one.

        Nothing dead is built, and isomorphism is what the benchmark calls unique.
        """
        require_kind(kind, IDENTITIES, _NAME)
        return notation.to_text(cells.canonical(cell(architecture)))

    def graph(self, architecture: Architecture) -> CellGraph:
        """Return the pruned cell."""
        return cells.cell_graph(cell(architecture))

    def network(self, architecture: Architecture, dataset: Dataset) -> nn.Module:
        """Build the untrained network of the pruned cell with the published skeleton."""
        from harness.spaces.networks.nas_bench_101 import build

        return build(cell(architecture), dataset)


SPACE: Final[Space] = _NasBench101()


def _architecture(cell: Cell) -> Architecture:
    return Architecture(space=_NAME, text=notation.to_text(cell))
