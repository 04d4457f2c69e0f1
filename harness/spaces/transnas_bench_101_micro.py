"""The micro space of TransNAS-Bench-101 (Duan et al., CVPR 2021): 4,096 cells of four operations.

The text of an `Architecture` is the published cell string, ``64-41414-a_bc_def``: base channels,
the types of the five stages (all double the channels and halve the resolution) and the operations
of the cell on the edges (0,1), (0,2) (1,2) and (0,3) (1,3) (2,3): 0 none, 1 skip, 2 conv 1x1, 3
conv 3x3. NASLib's tuple ``(a, b, c, d, e, f)`` of the seven tasks has the same digits. The six
numbers of its tables for svhn, ninapro and scifar100 look alike and are others: see
`harness.truth`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

import numpy as np

from harness.core.architecture import (
    Architecture,
    CellGraph,
    Dataset,
    Space,
    require_kind,
    require_member,
    require_subset,
)
from harness.core.errors import DataError
from harness.spaces import four_node_cells
from harness.spaces.datasets import DATASETS
from harness.spaces.four_node_cells import EDGES, Operations, numbered_operation
from harness.spaces.four_node_identity import computation, dead_layers
from harness.spaces.literal import integers, quote

if TYPE_CHECKING:
    from torch import nn

__all__ = [
    "OPERATIONS",
    "SPACE",
    "from_ids",
    "operations",
    "read_text",
    "to_cell_string",
    "to_ids",
]

OPERATIONS = ("none", "skip_connect", "nor_conv_1x1", "nor_conv_3x3")
"""In the order of the digits of the cell string."""

_SPACE = "TransNAS-Bench-101 micro"
_SKELETON = "64-41414"
_CELL_STRING = re.compile(r"64-41414-([0-3])_([0-3])([0-3])_([0-3])([0-3])([0-3])", re.ASCII)
_NAME = "transnas-bench-101-micro"


def read_text(text: str) -> Operations:
    """Read the cell string or the tuple of ids."""
    stripped = text.strip()
    if stripped[:1] in ("(", "["):
        ids = integers(stripped)
    else:
        string = _CELL_STRING.fullmatch(stripped)
        ids = None if string is None else tuple(int(digit) for digit in string.groups())
    if ids is None:
        raise DataError(
            f"{_SPACE} architecture {quote(text)} is neither '{_SKELETON}-a_bc_def' nor "
            "'(a, b, c, d, e, f)' with digits from 0 to 3"
        )
    return from_ids(ids)


def from_ids(ids: Sequence[int]) -> Operations:
    """Translate the six digits of the cell string."""
    return _named(ids, OPERATIONS)


def to_cell_string(cell: Operations) -> str:
    """Write ``64-41414-a_bc_def``."""
    first, second, third, fourth, fifth, sixth = to_ids(cell)
    return f"{_SKELETON}-{first}_{second}{third}_{fourth}{fifth}{sixth}"


def to_ids(cell: Operations) -> tuple[int, ...]:
    """Translate into the digits of the cell string; the inverse of `from_ids`."""
    return tuple(OPERATIONS.index(name) for name in cell)


def _named(ids: Sequence[int], numbered: tuple[str, ...]) -> Operations:
    if len(ids) != len(EDGES):
        raise DataError(f"{_SPACE} ids {quote(ids)} are {len(ids)} numbers, expected 6")
    return tuple(numbered_operation(number, numbered, _SPACE, ids) for number in ids)


def operations(architecture: Architecture) -> Operations:
    """Return the operations of a cell on the edges (0,1) (0,2) (1,2) (0,3) (1,3) (2,3).

    Raises:
        DataError: The architecture is of another space or its text is no cell string.
    """
    require_member(architecture, _NAME)
    return read_text(architecture.text)


class _TransNasBench101Micro:
    """The 4,096 cells; implements `Space`."""

    name: Final = _NAME
    family: Final = "CNN"
    summary: Final = "4,096 cells of four operations on six edges"
    size: Final = 4_096
    subsets: Final = ("all", "no-unreachable")
    dataset: Final = DATASETS["class_scene"]
    largest: Final = "64-41414-3_33_333"

    def parse(self, text: str) -> Architecture:
        """Read the cell string or NASLib's tuple for the seven tasks.

        Raises:
            DataError: The text is neither.
        """
        return _architecture(read_text(text))

    def enumerate(self, subset: str = "all") -> Iterator[Architecture]:
        """Yield cells in the order of their cell strings.

        Args:
            subset: ``"all"``, or ``"no-unreachable"`` for the 2,128 cells in which every
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
        """Draw one of the 4,096 cells uniformly."""
        return _architecture(four_node_cells.draw_cell(OPERATIONS, generator))

    def neighbours(self, architecture: Architecture) -> tuple[Architecture, ...]:
        """Return the 18 cells that differ in the operation of one edge."""
        changed = four_node_cells.neighbours(operations(architecture), OPERATIONS)
        return tuple(_architecture(neighbour) for neighbour in changed)

    def canonical(self, architecture: Architecture, kind: str = "computation") -> str:
        """Return what the cell computes, and as a network its dead layers too.

        See `harness.spaces.four_node_identity`. A ``skip_connect`` from the input of a cell counts
        as a layer: it has weights where the cell halves the resolution.
        """
        require_kind(kind, ("computation", "network"), _NAME)
        cell = operations(architecture)
        text = computation(cell, _has_weights)
        return text if kind == "computation" else f"{text}; dead: {dead_layers(cell, _has_weights)}"

    def graph(self, architecture: Architecture) -> CellGraph:
        """Return eight nodes: input, the operations in the order of the cell string, output."""
        return four_node_cells.cell_graph(operations(architecture))

    def network(self, architecture: Architecture, dataset: Dataset) -> nn.Module:
        """Build the untrained network; its skeleton and head depend on the data set's name."""
        from harness.spaces.networks.transnas_bench_101_micro import build

        return build(operations(architecture), dataset)


SPACE: Final[Space] = _TransNasBench101Micro()


def _has_weights(name: str, source: int) -> bool:
    return name.startswith("nor_conv") or (name == "skip_connect" and source == 0)


def _architecture(cell: Operations) -> Architecture:
    return Architecture(space=_NAME, text=to_cell_string(cell))
