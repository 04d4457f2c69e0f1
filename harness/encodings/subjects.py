"""What is encoded: architectures of one space, their cells, and scores that others computed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from harness.core.architecture import Architecture, CellGraph
from harness.core.errors import DataError
from harness.spaces.choices import Choices
from harness.spaces.knowledge import cells_by_role, choices_of
from harness.spaces.registry import space

__all__ = ["NO_SCORES", "FloatArray", "ScoreTable", "Subjects", "subjects_of"]

FloatArray: TypeAlias = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ScoreTable:
    """Zero-cost scores of n architectures, published or computed here.

    Attributes:
        proxies: Name of each column.
        values: Shape ``(n, proxies)``; NaN where a proxy failed or nobody asked it.
    """

    proxies: tuple[str, ...]
    values: FloatArray

    def rows(self, indices: NDArray[np.int64]) -> ScoreTable:
        """Keep some architectures, in the given order."""
        return ScoreTable(proxies=self.proxies, values=self.values[indices])


NO_SCORES = ScoreTable(proxies=(), values=np.empty((0, 0)))
"""Stands for scores where there are none."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Subjects:
    """Architectures of one space, ready to be encoded.

    Attributes:
        space: Name of the space.
        architectures: Length n.
        graphs: The whole graph of each, length n.
        cells: The searched cells of each by role: two where the normal and the reduction cell
            differ, else the whole graph alone. Every tuple has length n.
        scores: Zero-cost scores, row by row; `NO_SCORES` where there are none.
        choices: Named choices that the space is made of, if it is.
    """

    space: str
    architectures: tuple[Architecture, ...]
    graphs: tuple[CellGraph, ...]
    cells: dict[str, tuple[CellGraph, ...]]
    scores: ScoreTable = field(default=NO_SCORES)
    choices: Choices | None = None

    @property
    def n(self) -> int:
        """Number of architectures."""
        return len(self.architectures)

    def rows(self, indices: NDArray[np.int64]) -> Subjects:
        """Keep some architectures, in the given order."""
        kept = [int(index) for index in indices]
        return Subjects(
            space=self.space,
            architectures=tuple(self.architectures[index] for index in kept),
            graphs=tuple(self.graphs[index] for index in kept),
            cells={
                role: tuple(cells[index] for index in kept) for role, cells in self.cells.items()
            },
            scores=self.scores.rows(indices) if self.scores.proxies else self.scores,
            choices=self.choices,
        )


def subjects_of(
    name: str, architectures: Sequence[Architecture], scores: ScoreTable = NO_SCORES
) -> Subjects:
    """Build the graphs of architectures.

    Args:
        name: Name of the space.
        architectures: Architectures of that space.
        scores: One row an architecture, or `NO_SCORES`.

    Raises:
        UsageError: There is no such space.
        DataError: An architecture is of another space, or the scores have another length.
    """
    if scores.proxies and len(scores.values) != len(architectures):
        raise DataError(
            f"{len(scores.values)} rows of zero-cost scores do not fit {len(architectures)} "
            f"architectures of {name}; give one row an architecture"
        )
    where = space(name)
    graphs = tuple(where.graph(architecture) for architecture in architectures)
    several = [
        cells_by_role(where, architecture, graph)
        for architecture, graph in zip(architectures, graphs, strict=True)
    ]
    return Subjects(
        space=name,
        architectures=tuple(architectures),
        graphs=graphs,
        cells=_by_role(several) if several else {"cell": ()},
        scores=scores,
        choices=choices_of(where),
    )


def _by_role(several: Sequence[Mapping[str, CellGraph]]) -> dict[str, tuple[CellGraph, ...]]:
    return {role: tuple(cells[role] for cells in several) for role in several[0]}
