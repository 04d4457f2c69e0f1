"""The decisions of NAS-Bench-201: one of five operations on each of six edges."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from harness.core.architecture import Architecture, CellGraph
from harness.spaces.decisions import Edge, Left, Thinning, Wiring, interval_of
from harness.spaces.four_node_cells import EDGES
from harness.spaces.nas_bench_201_cell import OPERATIONS, to_cell_string

__all__ = ["NAS_BENCH_201"]

_EDGES = tuple(Edge(cell=0, source=source, target=target) for source, target in EDGES)
_CARRYING = tuple(name for name in OPERATIONS if name != "none")
_OUTPUT = 3


@dataclass(frozen=True, slots=True)
class _NasBench201:
    """Implements `Decisions`.

    A supernet has no ``none``, which TG-NAS takes away before it starts; evolution can choose it.
    """

    genes: int = len(EDGES)
    thinnings: tuple[Thinning, ...] = ()

    def everything(self) -> Left:
        return dict.fromkeys(_EDGES, _CARRYING)

    def graph(self, left: Left) -> CellGraph:
        wiring = Wiring(1)
        entering = {0: [0]}
        wiring.cell(left, 0, entering)
        return wiring.finished(entering[_OUTPUT])

    def architecture(self, left: Left) -> Architecture:
        return _architecture(tuple(left[edge][0] for edge in _EDGES))

    def decoded(self, genes: NDArray[np.float64]) -> Architecture:
        return _architecture(
            tuple(OPERATIONS[interval_of(gene, len(OPERATIONS))] for gene in genes)
        )


NAS_BENCH_201: Final = _NasBench201()


def _architecture(operations: tuple[str, ...]) -> Architecture:
    return Architecture(space="nas-bench-201", text=to_cell_string(operations))
