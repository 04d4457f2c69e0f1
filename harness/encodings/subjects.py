"""What is encoded: architectures of one space, their cells, and scores that others computed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from harness.core.architecture import Architecture, CellGraph, Space
from harness.core.deferred import Deferred
from harness.core.errors import DataError
from harness.spaces.choices import Choices
from harness.spaces.knowledge import cells_by_role, choices_of
from harness.spaces.registry import space

__all__ = ["NO_SCORES", "FloatArray", "Graphs", "ScoreTable", "Subjects", "subjects_of"]

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
class Graphs:
    """What n architectures are as graphs.

    Attributes:
        whole: The whole graph of each, length n.
        cells: The searched cells of each by role: two where the normal and the reduction cell
            differ, else the whole graph alone. Every tuple has length n.
    """

    whole: tuple[CellGraph, ...]
    cells: Mapping[str, tuple[CellGraph, ...]]

    def rows(self, kept: Sequence[int]) -> Graphs:
        """Keep some architectures, in the given order."""
        return Graphs(
            whole=tuple(self.whole[index] for index in kept),
            cells={
                role: tuple(cells[index] for index in kept) for role, cells in self.cells.items()
            },
        )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Subjects:
    """Architectures of one space, ready to be encoded.

    Attributes:
        space: Name of the space.
        architectures: Length n.
        drawn: Their graphs, which some spaces have to trace: computed if an encoding or a
            predictor asks for `graphs` or `cells`.
        scores: Zero-cost scores, row by row; `NO_SCORES` where there are none.
        choices: Named choices that the space is made of, if it is.
    """

    space: str
    architectures: tuple[Architecture, ...]
    drawn: Deferred[Graphs]
    scores: ScoreTable = field(default=NO_SCORES)
    choices: Choices | None = None

    @property
    def n(self) -> int:
        """Number of architectures."""
        return len(self.architectures)

    @property
    def graphs(self) -> tuple[CellGraph, ...]:
        """The whole graph of each; see `Graphs`."""
        return self.drawn.value.whole

    @property
    def cells(self) -> Mapping[str, tuple[CellGraph, ...]]:
        """The searched cells of each by role; see `Graphs`."""
        return self.drawn.value.cells

    def rows(self, indices: NDArray[np.int64]) -> Subjects:
        """Keep some architectures, in the given order."""
        kept = [int(index) for index in indices]
        return Subjects(
            space=self.space,
            architectures=tuple(self.architectures[index] for index in kept),
            drawn=self.drawn.then(lambda graphs: graphs.rows(kept)),
            scores=self.scores.rows(indices) if self.scores.proxies else self.scores,
            choices=self.choices,
        )


def subjects_of(
    name: str, architectures: Sequence[Architecture], scores: ScoreTable = NO_SCORES
) -> Subjects:
    """Prepare architectures of one space to be encoded.

    Args:
        name: Name of the space.
        architectures: Architectures of that space.
        scores: One row an architecture, or `NO_SCORES`.

    Raises:
        UsageError: There is no such space.
        DataError: The scores have another length.
    """
    if scores.proxies and len(scores.values) != len(architectures):
        raise DataError(
            f"{len(scores.values)} rows of zero-cost scores do not fit {len(architectures)} "
            f"architectures of {name}; give one row an architecture"
        )
    where, kept = space(name), tuple(architectures)
    return Subjects(
        space=name,
        architectures=kept,
        drawn=Deferred(lambda: _graphs_of(where, kept)),
        scores=scores,
        choices=choices_of(where),
    )


def _graphs_of(where: Space, architectures: Sequence[Architecture]) -> Graphs:
    whole = tuple(where.graph(architecture) for architecture in architectures)
    several = [
        cells_by_role(where, architecture, graph)
        for architecture, graph in zip(architectures, whole, strict=True)
    ]
    roles = several[0] if several else ("cell",)
    return Graphs(
        whole=whole, cells={role: tuple(cells[role] for cells in several) for role in roles}
    )
