"""The micro space of TransNAS-Bench-101 (Duan et al., CVPR 2021): 4,096 cells of four operations.

The text of an `Architecture` is the published cell string, ``64-41414-a_bc_def``: base channels,
the types of the five stages (all double the channels and halve the resolution) and the operations
of the cell on the edges (0,1), (0,2) (1,2) and (0,3) (1,3) (2,3).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

from harness.core.architecture import Architecture, CellGraph, Dataset, Space
from harness.core.errors import DataError, unknown_name
from harness.spaces import four_node_cells
from harness.spaces import transnas_bench_101_micro_notation as notation
from harness.spaces import transnas_bench_101_micro_topology as topology
from harness.spaces.four_node_cells import Operations
from harness.spaces.transnas_bench_101_micro_topology import OPERATIONS

if TYPE_CHECKING:
    import numpy as np
    from torch import nn

__all__ = ["SPACE", "from_naslib_graph_ids", "naslib_graph_ids", "naslib_text", "operations"]

_NAME = "transnas-bench-101-micro"


def operations(architecture: Architecture) -> Operations:
    """Return the operations of a cell on the edges (0,1) (0,2) (1,2) (0,3) (1,3) (2,3).

    Raises:
        DataError: The architecture is of another space or its text is no cell string.
    """
    if architecture.space != _NAME:
        raise DataError(
            f"architecture {architecture.text!r} is of space {architecture.space!r}, "
            f"expected {_NAME!r}"
        )
    return notation.read_text(architecture.text)


def from_naslib_graph_ids(ids: Sequence[int]) -> Architecture:
    """Build an architecture from the numbers of NASLib's tables for svhn, ninapro and scifar100.

    Args:
        ids: 0 skip_connect, 1 none, 2 nor_conv_3x3, 3 nor_conv_1x1, on the edges (0,1) (0,2)
            (0,3) (1,2) (1,3) (2,3). `SPACE.parse` reads the other six numbers of NASLib, those
            of the seven tasks.

    Raises:
        DataError: Not six integers from 0 to 3.
    """
    return _architecture(notation.from_graph_ids(ids))


def naslib_graph_ids(architecture: Architecture) -> tuple[int, ...]:
    """Return the numbers that `from_naslib_graph_ids` reads."""
    return notation.to_graph_ids(operations(architecture))


def naslib_text(architecture: Architecture) -> str:
    """Print an architecture as NASLib's tuple for the seven tasks, e.g. ``(2, 3, 2, 3, 2, 3)``."""
    return str(notation.to_ids(operations(architecture)))


class _TransNasBench101Micro:
    """The 4,096 cells; implements `Space`."""

    name: Final = _NAME
    size: Final = 4_096
    subsets: Final = ("all", "no-unreachable")

    def parse(self, text: str) -> Architecture:
        """Read the cell string or NASLib's tuple for the seven tasks.

        Raises:
            DataError: The text is neither.
        """
        return _architecture(notation.read_text(text))

    def enumerate(self, subset: str = "all") -> Iterator[Architecture]:
        """Yield cells in the order of their cell strings.

        Args:
            subset: ``"all"``, or ``"no-unreachable"`` for the 2,128 cells in which every
                operation other than ``none`` lies on a path from the input to the output.

        Raises:
            UsageError: No such subset.
        """
        if subset not in self.subsets:
            raise unknown_name("subset", subset, self.subsets, f"space {_NAME!r}")
        return (
            _architecture(cell)
            for cell in four_node_cells.cells(OPERATIONS)
            if subset == "all" or not four_node_cells.has_unreachable_operation(cell)
        )

    def sample(self, generator: np.random.Generator) -> Architecture:
        """Draw one of the 4,096 cells uniformly."""
        return _architecture(four_node_cells.drawn(OPERATIONS, generator))

    def neighbours(self, architecture: Architecture) -> tuple[Architecture, ...]:
        """Return the 18 cells that differ in the operation of one edge."""
        changed = four_node_cells.neighbours(operations(architecture), OPERATIONS)
        return tuple(_architecture(neighbour) for neighbour in changed)

    def canonical(self, architecture: Architecture) -> str:
        """Return the cell string of the cell's representative; see `topology.canonical`."""
        return notation.to_cell_string(topology.canonical(operations(architecture)))

    def graph(self, architecture: Architecture) -> CellGraph:
        """Return eight nodes: input, the operations in the order of the cell string, output."""
        return four_node_cells.cell_graph(operations(architecture))

    def network(self, architecture: Architecture, dataset: Dataset) -> nn.Module:
        """Build the untrained network; its skeleton and head depend on the data set's name."""
        from harness.spaces.networks.transnas_bench_101_micro import build

        return build(operations(architecture), dataset)


SPACE: Final[Space] = _TransNasBench101Micro()


def _architecture(cell: Operations) -> Architecture:
    return Architecture(space=_NAME, text=notation.to_cell_string(cell))
