"""The space NAS-Bench-201 (Dong and Yang, ICLR 2020): 15,625 cells of five operations.

Three notations are read. Beside the benchmark's own string, which is the text of an
`Architecture`, there are the tuple of NASLib and NAS-Bench-Suite-Zero and nested lists with one
list per node; these two name operations by numbers, and not by the same ones.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final, TypeAlias

from harness.core.architecture import (
    Architecture,
    CellGraph,
    Dataset,
    Space,
    require_kind,
    require_member,
    require_subset,
)
from harness.core.structure import Structure
from harness.spaces import four_node_cells
from harness.spaces import nas_bench_201_cell as cells
from harness.spaces.datasets import DATASETS
from harness.spaces.four_node_cells import Operations
from harness.spaces.nas_bench_201_cell import OPERATIONS
from harness.spaces.nas_bench_201_identity import KINDS
from harness.spaces.nas_bench_201_structure import CELLS_PER_STAGE, WIDTHS, structure

if TYPE_CHECKING:
    import numpy as np
    from torch import nn

    from harness.spaces.decisions import Decisions
    from harness.spaces.knowledge import Shapes

__all__ = [
    "SPACE",
    "from_naslib_ids",
    "from_nested_ids",
    "operations",
]

_NAME = "nas-bench-201"
Shape: TypeAlias = tuple[int, int, int]


def operations(architecture: Architecture) -> Operations:
    """Return the operations of a cell on the edges (0,1) (0,2) (1,2) (0,3) (1,3) (2,3).

    Raises:
        DataError: The architecture is of another space or its text is no cell string.
    """
    require_member(architecture, _NAME)
    return cells.read_cell_string(architecture.text)


def from_naslib_ids(ids: Sequence[int]) -> Architecture:
    """Build an architecture from the six operation numbers of NASLib.

    Args:
        ids: 0 skip_connect, 1 none, 2 nor_conv_3x3, 3 nor_conv_1x1, 4 avg_pool_3x3, on the edges
            (0,1) (0,2) (0,3) (1,2) (1,3) (2,3).

    Raises:
        DataError: Not six integers from 0 to 4.
    """
    return _architecture(cells.from_naslib_ids(ids))


def from_nested_ids(ids: Sequence[Sequence[int]]) -> Architecture:
    """Build an architecture from one list of operation numbers per node.

    Args:
        ids: Lists of 1, 2 and 3 numbers, for the edges (0,1), (0,2) (1,2) and (0,3) (1,3) (2,3):
            0 none, 1 skip_connect, 2 nor_conv_1x1, 3 nor_conv_3x3, 4 avg_pool_3x3.

    Raises:
        DataError: Not lists of 1, 2 and 3 integers from 0 to 4.
    """
    return _architecture(cells.from_nested_ids(ids))


class _NasBench201:
    """The 15,625 cells; implements `Space`."""

    name: Final = _NAME
    family: Final = "CNN"
    summary: Final = "15,625 cells of five operations on six edges"
    size: Final = 15_625
    subsets: Final = ("all", "no-unreachable")
    dataset: Final = DATASETS["cifar10"]
    largest: Final = 187_166_720
    usual_size: Final = 1531.546

    def parse(self, text: str) -> Architecture:
        """Read the cell string, NASLib's tuple or nested lists, all given as text.

        Raises:
            DataError: The text is none of the three.
        """
        return _architecture(cells.read_text(text))

    def enumerate(self, subset: str = "all") -> Iterator[Architecture]:
        """Yield cells in lexicographic order of their operations on `EDGES`, ``none`` first.

        Args:
            subset: ``"all"``, or ``"no-unreachable"`` for the 9,445 cells in which every
                operation other than ``none`` lies on a path from the input to the output.

        Raises:
            UsageError: No such subset.
        """
        require_subset(subset, self)
        return (
            _architecture(cell)
            for cell in four_node_cells.cells(OPERATIONS)
            if subset == "all" or not four_node_cells.has_unreachable_operation(cell)
        )

    def sample(self, generator: np.random.Generator) -> Architecture:
        """Draw one of the 15,625 cells uniformly."""
        return _architecture(four_node_cells.draw_cell(OPERATIONS, generator))

    def neighbours(self, architecture: Architecture) -> tuple[Architecture, ...]:
        """Return the 24 cells that differ in the operation of one edge."""
        changed = four_node_cells.neighbours(operations(architecture), OPERATIONS)
        return tuple(_architecture(neighbour) for neighbour in changed)

    def canonical(self, architecture: Architecture, kind: str = "computation") -> str:
        """Return a text of the cells of one network; see `nas_bench_201_identity`."""
        require_kind(kind, KINDS, _NAME)
        return KINDS[kind](operations(architecture))

    def graph(self, architecture: Architecture) -> CellGraph:
        """Return eight nodes: input, the operations in the order of the cell string, output."""
        return four_node_cells.cell_graph(operations(architecture))

    def network(self, architecture: Architecture, dataset: Dataset) -> nn.Module:
        """Build the untrained network with the published skeleton."""
        from harness.spaces.networks.nas_bench_201 import build

        return build(operations(architecture), dataset)

    def matrices(self, architecture: Architecture, dataset: Dataset) -> Shapes:
        """Return rows, columns and number of weight matrices; they add up over operations."""
        text = architecture.text  # of this space's own making, so that it need not be read
        counts = (text.count("nor_conv_1x1"), text.count("nor_conv_3x3"))
        return _matrices(*counts, dataset.channels, dataset.classes)

    def structure(self, architecture: Architecture, dataset: Dataset) -> Structure | None:
        """Return parameters, FLOPs, layers and depth; None where no network can be built."""
        return structure(operations(architecture), dataset)

    @property
    def decisions(self) -> Decisions:
        """What searches take away or choose."""
        from harness.spaces.decisions_nas_bench_201 import NAS_BENCH_201

        return NAS_BENCH_201


SPACE: Final[Space] = _NasBench201()


@functools.cache
def _matrices(ones: int, threes: int, channels: int, classes: int) -> tuple[Shape, ...]:
    """Return the matrices of networks by the numbers of convolutions in their cells."""
    stem = WIDTHS[0]
    shapes, before = [(stem, 9 * channels, 1)], stem
    for width in WIDTHS:
        if width != before:
            shapes += [(width, 9 * before, 1), (width, 9 * width, 1), (width, before, 1)]
        shapes += [(width, width, CELLS_PER_STAGE * ones)] if ones else []
        shapes += [(width, 9 * width, CELLS_PER_STAGE * threes)] if threes else []
        before = width
    return (*shapes, (classes, before, 1))


def _architecture(cell: Operations) -> Architecture:
    return Architecture(space=_NAME, text=cells.to_cell_string(cell))
