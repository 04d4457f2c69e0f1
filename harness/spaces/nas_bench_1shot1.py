"""The three spaces of NAS-Bench-1Shot1 (Zela et al., ICLR 2020) inside NAS-Bench-101.

A space fixes the number of parents of every vertex of a cell. Texts are those of NAS-Bench-101, so
that canonical texts of all four spaces compare. The module `nas_bench_1shot1_choices` says how a
cell that lacks choices is completed.

====================================================  =======  =======  =========
space                                                       1        2          3
====================================================  =======  =======  =========
parents of the vertices 1, 2, ..., output               12222    11223     111222
``all``: choices, loose ends included                  14,580   29,160  1,312,200
``no-loose-ends``: those without loose ends             3,702   12,474    135,900
classes of isomorphic cells among these                 2,685    7,773     55,854
``published``: those that the release lists             2,487    3,609     24,066
classes of isomorphic cells among these                 2,127    3,258     17,940
====================================================  =======  =======  =========

The paper gives the last but one line for "without loose ends". Its numbers with loose ends, 6,240
and 363,648 for the spaces 1 and 3, leave out the operations of vertices without a child; for
space 2 it gives all 29,160 choices.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final

from harness.core.architecture import (
    IDENTITIES,
    Architecture,
    CellGraph,
    Dataset,
    require_kind,
    require_member,
    require_subset,
)
from harness.core.errors import DataError
from harness.spaces import nas_bench_1shot1_choices as choices
from harness.spaces import nas_bench_101_cell as cells
from harness.spaces import nas_bench_101_notation as notation
from harness.spaces.datasets import DATASETS
from harness.spaces.nas_bench_101_cell import OPERATIONS, Cell

if TYPE_CHECKING:
    import numpy as np
    from torch import nn

__all__ = ["FIRST", "SECOND", "THIRD", "NasBench1Shot1"]


@dataclass(frozen=True, slots=True, kw_only=True)
class NasBench1Shot1:
    """One of the three spaces; implements `Space`.

    Attributes:
        name: Name of the space.
        parents_per_vertex: Numbers of parents of the vertices 1, 2, ..., output.
    """

    name: str
    kin: ClassVar[str] = "nas-bench-101"
    family: ClassVar[str] = "CNN"
    parents_per_vertex: choices.ParentsPerVertex

    @property
    def summary(self) -> str:
        """What it holds, in a few words for lists."""
        return f"cells of NAS-Bench-101 with {self.parents_per_vertex} parents a vertex"

    @property
    def dataset(self) -> Dataset:
        """CIFAR-10, which all cells were trained on."""
        return DATASETS["cifar10"]

    @property
    def size(self) -> int:
        """Number of architectures, loose ends included."""
        return choices.count(self.parents_per_vertex)

    @property
    def subsets(self) -> tuple[str, ...]:
        """Subsets that `enumerate` accepts."""
        return ("all", "no-loose-ends", "published")

    def cell(self, architecture: Architecture) -> Cell:
        """Return the cell of an architecture with all choices.

        Raises:
            DataError: The architecture is of another space or not in this one.
        """
        require_member(architecture, self.name)
        return self._fitted(architecture.text)

    def parse(self, text: str) -> Architecture:
        """Read any notation of NAS-Bench-101, of a cell with or without its loose ends.

        Raises:
            DataError: The text is no cell, or one that the space does not contain.
        """
        return self._architecture(self._fitted(text))

    def enumerate(self, subset: str = "all") -> Iterator[Architecture]:
        """Yield architectures by parents, then by operations.

        Raises:
            UsageError: No such subset.
        """
        require_subset(subset, self)
        return (self._architecture(cell) for cell in self._cells(subset))

    def sample(self, generator: np.random.Generator) -> Architecture:
        """Draw every vertex's operation and parents uniformly."""
        open_parents = choices.parent_choices(self.parents_per_vertex)
        labels = generator.integers(len(OPERATIONS), size=len(open_parents) - 1)
        places = [int(generator.integers(len(open_choices))) for open_choices in open_parents]
        return self._architecture(
            Cell(
                operations=tuple(OPERATIONS[label] for label in labels),
                parents=tuple(
                    open_choices[place]
                    for open_choices, place in zip(open_parents, places, strict=True)
                ),
            )
        )

    def neighbours(self, architecture: Architecture) -> tuple[Architecture, ...]:
        """Return the architectures that differ in one vertex's operation or set of parents."""
        cell = self.cell(architecture)
        return tuple(self._architecture(other) for other in choices.neighbours(cell))

    def canonical(self, architecture: Architecture, kind: str = "computation") -> str:
        """Return the canonical text of the pruned cell in NAS-Bench-101, for every kind."""
        require_kind(kind, IDENTITIES, self.name)
        return notation.to_text(cells.canonical(self.cell(architecture)))

    def graph(self, architecture: Architecture) -> CellGraph:
        """Return the pruned cell."""
        return cells.cell_graph(self.cell(architecture))

    def network(self, architecture: Architecture, dataset: Dataset) -> nn.Module:
        """Build the untrained NAS-Bench-101 network, whose trained results the release uses."""
        from harness.spaces.networks.nas_bench_101 import build

        return build(self.cell(architecture), dataset)

    def _cells(self, subset: str) -> Iterator[Cell]:
        match subset:
            case "all":
                operations = itertools.product(OPERATIONS, repeat=len(self.parents_per_vertex) - 1)
                parents = itertools.product(*choices.parent_choices(self.parents_per_vertex))
                for connections, names in itertools.product(parents, operations):
                    yield Cell(operations=names, parents=connections)
            case "published":
                yield from filter(choices.is_published, self._cells("no-loose-ends"))
            case _:
                yield from choices.without_loose_ends(self.parents_per_vertex)

    def _fitted(self, text: str) -> Cell:
        cell = choices.complete_cell(notation.read_text(text), self.parents_per_vertex)
        if cell is None:
            raise DataError(
                f"cell {text.strip()[:80]!r} is not in {self.name}: no order of its vertices "
                f"gives them {self.parents_per_vertex} parents"
            )
        return cell

    def _architecture(self, cell: Cell) -> Architecture:
        return Architecture(space=self.name, text=notation.to_text(cell))


FIRST: Final = NasBench1Shot1(name="nas-bench-1shot1-1", parents_per_vertex=(1, 2, 2, 2, 2))
"""Four choice blocks, output with two parents."""

SECOND: Final = NasBench1Shot1(name="nas-bench-1shot1-2", parents_per_vertex=(1, 1, 2, 2, 3))
"""Four choice blocks, output with three parents."""

THIRD: Final = NasBench1Shot1(name="nas-bench-1shot1-3", parents_per_vertex=(1, 1, 1, 2, 2, 2))
"""Five choice blocks, output with two parents."""
