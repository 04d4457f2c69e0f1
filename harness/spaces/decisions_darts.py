"""The decisions of DARTS: 14 edges of two cells, two edges into a node kept, seven operations."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from harness.core.architecture import Architecture, CellGraph
from harness.spaces.darts_notation import to_line
from harness.spaces.darts_topology import INPUTS, NODES, OPERATIONS, Cell, Genotype, sort_choices
from harness.spaces.decisions import Edge, Left, Thinning, Wiring, interval_of

__all__ = ["DARTS"]

_CELLS = (0, 1)
_KEPT = 2
_INTO = {
    (cell, node): tuple(Edge(cell=cell, source=source, target=node) for source in range(node))
    for cell, node in itertools.product(_CELLS, NODES)
}
_GENES_PER_NODE = 1 + _KEPT  # which pair of edges, and an operation on each of the two


@dataclass(frozen=True, slots=True)
class _Darts:
    """Implements `Decisions`; ``none`` is no operation of the searched space.

    As in the graph of the space, the reduction cell stands on the normal cell.
    """

    genes: int = len(_INTO) * _GENES_PER_NODE
    thinnings: tuple[Thinning, ...] = tuple(
        Thinning(edges=edges, keep=_KEPT) for edges in _INTO.values() if len(edges) > _KEPT
    )

    def everything(self) -> Left:
        return {edge: OPERATIONS for edges in _INTO.values() for edge in edges}

    def graph(self, left: Left) -> CellGraph:
        wiring = Wiring(len(INPUTS))
        normal = {node: [node] for node in INPUTS}
        wiring.cell(left, 0, normal)
        reduction = {0: normal[1], 1: _outputs(normal)}
        wiring.cell(left, 1, reduction)
        return wiring.finished(_outputs(reduction))

    def architecture(self, left: Left) -> Architecture:
        normal, reduction = (_cell(left, number) for number in _CELLS)
        line = to_line(Genotype(normal=normal, reduce=reduction))
        return Architecture(space="darts", text=line)

    def decoded(self, genes: NDArray[np.float64]) -> Architecture:
        left: dict[Edge, tuple[str, ...]] = {}
        parts = genes.reshape(len(_INTO), _GENES_PER_NODE).tolist()
        for (pair, *operations), edges in zip(parts, _INTO.values(), strict=True):
            pairs = list(itertools.combinations(edges, _KEPT))
            for edge, gene in zip(pairs[interval_of(pair, len(pairs))], operations, strict=True):
                left[edge] = (OPERATIONS[interval_of(gene, len(OPERATIONS))],)
        return self.architecture(left)


DARTS: Final = _Darts()


def _outputs(entering: dict[int, list[int]]) -> list[int]:
    return sorted(number for node in NODES for number in entering[node])


def _cell(left: Left, number: int) -> Cell:
    return sort_choices(
        tuple(
            (left[edge][0], edge.source)
            for node in NODES
            for edge in _INTO[number, node]
            if edge in left
        )
    )
