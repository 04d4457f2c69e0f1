"""Many computation graphs in four arrays, for storage and for networks that read batches."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from harness.computation_graphs.graph import ATTRIBUTES, ComputationGraph

__all__ = ["Packed", "pack"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Packed:
    """k graphs with n operators and e edges in all, one after the other.

    Attributes:
        kinds: Shape ``(n,)``.
        attributes: Shape ``(n, len(ATTRIBUTES))``.
        edges: Shape ``(e, 2)``; operators are numbered through all graphs.
        sizes: Shape ``(k,)``: operators of each graph.
        edge_counts: Shape ``(k,)``: edges of each graph.
    """

    kinds: NDArray[np.int64]
    attributes: NDArray[np.int64]
    edges: NDArray[np.int64]
    sizes: NDArray[np.int64]
    edge_counts: NDArray[np.int64]

    @property
    def owners(self) -> NDArray[np.int64]:
        """Number of the graph of every operator, shape ``(n,)``."""
        return np.repeat(np.arange(len(self.sizes)), self.sizes)

    def column(self, attribute: str) -> NDArray[np.int64]:
        """Return one attribute of all operators, shape ``(n,)``."""
        return self.attributes[:, ATTRIBUTES.index(attribute)]

    def unpacked(self) -> list[ComputationGraph]:
        """Return the graphs one by one."""
        ends, edge_ends = np.cumsum(self.sizes), np.cumsum(self.edge_counts)
        graphs = []
        for end, size, edge_end, count in zip(
            ends, self.sizes, edge_ends, self.edge_counts, strict=True
        ):
            rows = slice(end - size, end)
            graphs.append(
                ComputationGraph(
                    kinds=self.kinds[rows],
                    attributes=self.attributes[rows],
                    edges=self.edges[edge_end - count : edge_end] - (end - size),
                )
            )
        return graphs


def pack(graphs: Sequence[ComputationGraph]) -> Packed:
    """Put graphs one after the other.

    Args:
        graphs: At least one.
    """
    sizes = np.array([graph.n for graph in graphs], dtype=np.int64)
    edge_counts = np.array([len(graph.edges) for graph in graphs], dtype=np.int64)
    edges = np.concatenate([graph.edges for graph in graphs])
    starts = np.cumsum(sizes) - sizes
    return Packed(
        kinds=np.concatenate([graph.kinds for graph in graphs]),
        attributes=np.concatenate([graph.attributes for graph in graphs]),
        edges=edges + np.repeat(starts, edge_counts)[:, None],
        sizes=sizes,
        edge_counts=edge_counts,
    )
