"""A proxy that scores cells by their graphs, counted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from harness.catalog import LoadedProxy
from harness.core.architecture import Architecture, CellGraph
from harness.core.direction import Direction
from harness.core.errors import UsageError
from harness.isolation import process_guard
from harness.metrics.values import FloatArray
from harness.plugin import CellScores, real_scores
from harness.spaces.registry import space

__all__ = ["Scorer"]


@dataclass(slots=True, kw_only=True)
class Scorer:
    """Scores cells, higher is better.

    Attributes:
        name: The proxy's name.
        scored: Cells scored so far.
    """

    name: str
    score_cells: CellScores
    direction: Direction
    scored: int = field(default=0, init=False)

    @classmethod
    def of(cls, loaded: LoadedProxy) -> Scorer:
        """Take a proxy.

        Raises:
            UsageError: It does not score cells by their graphs alone.
        """
        score_cells = loaded.plugin.score_cells
        if score_cells is None:
            raise UsageError(
                f"guide {loaded.name} needs networks and cannot score thousands of cells and "
                "supernets; choose a guide that reads the cell's graph alone, such as tg_nas"
            )
        return cls(name=loaded.name, score_cells=score_cells, direction=loaded.plugin.direction)

    def architectures(self, architectures: Sequence[Architecture]) -> FloatArray:
        """Return the scores of architectures, shape ``(n,)``."""
        return self(
            [space(architecture.space).graph(architecture) for architecture in architectures]
        )

    def __call__(self, graphs: Sequence[CellGraph]) -> FloatArray:
        """Return scores, shape ``(n,)``.

        Raises:
            ContractError: The proxy returned no real numbers.
        """
        self.scored += len(graphs)
        with process_guard().watching(self.name):
            scores = real_scores(f"score_cells of proxy {self.name}", self.score_cells(graphs))
        return self.direction.orient(scores)
