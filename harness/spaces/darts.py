"""The DARTS space, shared by NAS-Bench-301 and DARTS-1000: about 10^18 pairs of cells.

Searched are cells in which the two choices of a node read different inputs and have one of seven
operations (Liu et al., ICLR 2019; Zela et al., "Surrogate NAS Benchmarks", ICLR 2022). DARTS-1000
drew its cells more freely: an eighth operation, ``none``, and two choices that read the same
input. Such cells can be parsed, compared and built; they are not drawn here.

The text of an `Architecture` is the line of `harness.spaces.darts_notation`. It sorts the two
choices of a node, whose order means nothing, so that the same cells have the same text whatever
notation they came in.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Final

from harness.core.architecture import (
    Architecture,
    CellGraph,
    Dataset,
    Space,
    require_kind,
    require_member,
    require_subset,
)
from harness.core.errors import UsageError
from harness.spaces import darts_notation as notation
from harness.spaces import darts_topology as topology
from harness.spaces.darts_topology import NODES, OPERATIONS, Cell, Genotype
from harness.spaces.datasets import DATASETS

if TYPE_CHECKING:
    import numpy as np
    from torch import nn

    from harness.spaces.decisions import Decisions

__all__ = ["SPACE", "genotype"]

_NAME = "darts"
_PAIRS = {node: [(a, b) for b in range(node) for a in range(b)] for node in NODES}
_CELLS = math.prod(len(_PAIRS[node]) * len(OPERATIONS) ** 2 for node in NODES)


def genotype(architecture: Architecture) -> Genotype:
    """Return the two cells of an architecture.

    Raises:
        DataError: The architecture is of another space or its text does not describe two cells.
    """
    require_member(architecture, _NAME)
    return notation.read_text(architecture.text)


class _Darts:
    """The pairs of cells; implements `Space`."""

    name: Final = _NAME
    family: Final = "CNN"
    summary: Final = "about 10^18 pairs of a normal and a reduction cell"
    size: Final = _CELLS**2
    subsets: Final = ("all",)
    dataset: Final = DATASETS["cifar10"]
    largest: Final = 515_047_424

    def parse(self, text: str) -> Architecture:
        """Read the project's line, a genotype literal or NASLib's pairs.

        Raises:
            DataError: The text is none of the three.
        """
        return _architecture(notation.read_text(text))

    def enumerate(self, subset: str = "all") -> Iterator[Architecture]:
        """Refuse; nobody can wait for 10^18 architectures.

        Raises:
            UsageError: Always.
        """
        require_subset(subset, self)
        raise UsageError(
            f"space {_NAME!r} has {self.size} architectures and cannot be enumerated; take those "
            'of a truth table: subset = "task:NAME" or "task:FILE.toml" in [population] of a suite'
        )

    def sample(self, generator: np.random.Generator) -> Architecture:
        """Draw uniformly from the searched space."""
        return _architecture(Genotype(normal=_drawn(generator), reduce=_drawn(generator)))

    def neighbours(self, architecture: Architecture) -> tuple[Architecture, ...]:
        """Return the architectures in which one operation or one input is another.

        A member of the searched space has 120: 16 choices x 6 operations, and for each cell
        2 x (0 + 1 + 2 + 3) inputs that neither choice of the node reads.
        """
        cells = genotype(architecture)
        changed = [
            *(
                Genotype(normal=neighbour, reduce=cells.reduce)
                for neighbour in _neighbours(cells.normal)
            ),
            *(
                Genotype(normal=cells.normal, reduce=neighbour)
                for neighbour in _neighbours(cells.reduce)
            ),
        ]
        return tuple(dict.fromkeys(_architecture(neighbour) for neighbour in changed))

    def canonical(self, architecture: Architecture, kind: str = "computation") -> str:
        """Return the line with the nodes of both cells renumbered to make it the least.

        Equal lines are the same network up to the order of channels: see `topology.canonical`. All
        nodes are part of the output of a cell, so no weights are dead.
        """
        require_kind(kind, ("computation", "network"), _NAME)
        cells = genotype(architecture)
        return notation.to_line(
            Genotype(
                normal=topology.canonical(cells.normal), reduce=topology.canonical(cells.reduce)
            )
        )

    def graph(self, architecture: Architecture) -> CellGraph:
        """Return the reduction cell stacked on the normal cell, 19 nodes: every decision."""
        return topology.stacked_graph(genotype(architecture))

    def network(self, architecture: Architecture, dataset: Dataset) -> nn.Module:
        """Build the untrained network with the skeleton of NAS-Bench-Suite-Zero's scores."""
        from harness.spaces.networks.darts import build

        return build(genotype(architecture), dataset)

    def cells(self, architecture: Architecture) -> Mapping[str, CellGraph]:
        """Return the two cells apart."""
        both = genotype(architecture)
        return {
            "normal": topology.cell_graph(both.normal),
            "reduce": topology.cell_graph(both.reduce),
        }

    @property
    def decisions(self) -> Decisions:
        """What searches take away or choose."""
        from harness.spaces.decisions_darts import DARTS

        return DARTS


SPACE: Final[Space] = _Darts()


def _architecture(cells: Genotype) -> Architecture:
    return Architecture(space=_NAME, text=notation.to_line(cells))


def _drawn(generator: np.random.Generator) -> Cell:
    choices: list[topology.Choice] = []
    for node in NODES:
        pairs = _PAIRS[node]
        for source in pairs[int(generator.integers(len(pairs)))]:
            choices.append((OPERATIONS[int(generator.integers(len(OPERATIONS)))], source))
    return tuple(choices)


def _neighbours(cell: Cell) -> Iterator[Cell]:
    for slot, (name, source) in enumerate(cell):
        read = {source, cell[slot ^ 1][1]}
        others = [(other, source) for other in OPERATIONS if other != name]
        others += [(name, other) for other in range(NODES[slot // 2]) if other not in read]
        for other in others:
            yield topology.sort_choices((*cell[:slot], other, *cell[slot + 1 :]))
