"""Packed graphs as tensors: what a network sees of every operator.

Sizes, widths and numbers of weights span orders of magnitude and stand as logarithms; resolutions
are relative to the network's input, so that they mean the same for images of any size.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from harness.computation_graphs.graph import ComputationGraph
from harness.computation_graphs.packed import Packed, pack

__all__ = ["NUMBERS", "GraphBatch", "graph_batch", "smallest_eigenvalues"]

NUMBERS = 14
"""How many numbers describe an operator, beside three labels."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class GraphBatch:
    """k graphs with n operators and e edges in all.

    Attributes:
        labels: Shape ``(n, 3)``: kind, activation before and after.
        numbers: Shape ``(n, NUMBERS)``, of a size of about one.
        counts: Shape ``(n, 1)``: for how many operators each stands.
        edges: Shape ``(2, e)``: sources and targets.
        owners: Shape ``(n,)``: number of the graph.
        graphs: k.
    """

    labels: torch.Tensor
    numbers: torch.Tensor
    counts: torch.Tensor
    edges: torch.Tensor
    owners: torch.Tensor
    graphs: int


def graph_batch(graphs: Sequence[ComputationGraph]) -> GraphBatch:
    """Put at least one graph into one batch."""
    whole = pack(graphs)
    labels = [whole.kinds, whole.column("activation_before"), whole.column("activation_after")]
    return GraphBatch(
        labels=torch.from_numpy(np.stack(labels, axis=1)),
        numbers=torch.from_numpy(_numbers(whole).astype(np.float32)),
        counts=torch.from_numpy(whole.column("count")[:, None].astype(np.float32)),
        edges=torch.from_numpy(np.ascontiguousarray(whole.edges.T)),
        owners=torch.from_numpy(whole.owners),
        graphs=len(whole.sizes),
    )


def _numbers(whole: Packed) -> NDArray[np.float64]:
    starts = np.cumsum(whole.sizes) - whole.sizes
    first = np.repeat(starts, whole.sizes)

    def log(attribute: str) -> NDArray[np.float64]:
        logarithms: NDArray[np.float64] = np.log2(np.maximum(whole.column(attribute), 1))
        return logarithms

    columns = [
        (log("height_in")[first] - log("height_in")) / 4,
        (log("height_in")[first] - log("height_out")) / 4,
        (log("width_in")[first] - log("width_out")) / 4,
        log("channels_in") / 8,
        log("channels_out") / 8,
        whole.column("kernel_height") / 4,
        whole.column("kernel_width") / 4,
        log("stride"),
        log("dilation"),
        log("groups") / 8,
        whole.column("bias"),
        log("weights") / 16,
        whole.column("normed"),
        log("count") / 2,
    ]
    return np.stack([np.asarray(column, dtype=np.float64) for column in columns], axis=1)


def smallest_eigenvalues(graph: ComputationGraph, q: int) -> NDArray[np.float64]:
    """Return the q smallest eigenvalues of the normalised Laplacian, ascending, shape ``(q,)``.

    They tell how alike two graphs are in shape. With A the adjacency, directions and labels
    forgotten, and D its degrees,

        L = I - D^-1/2 A D^-1/2,    distance(G, H) = || lambda_q(G) - lambda_q(H) ||_2

    Eigenvalues are from 0 to 2. A graph with fewer operators has its missing ones at 2, the largest
    that there can be.
    """
    adjacency = np.zeros((graph.n, graph.n))
    adjacency[graph.edges[:, 0], graph.edges[:, 1]] = 1.0
    adjacency = np.maximum(adjacency, adjacency.T)
    degrees = adjacency.sum(axis=0)
    roots = np.divide(1.0, np.sqrt(degrees), out=np.zeros(graph.n), where=degrees > 0)
    laplacian = np.diag((degrees > 0).astype(np.float64)) - roots[:, None] * adjacency * roots
    values = np.clip(np.linalg.eigvalsh(laplacian)[:q], 0.0, 2.0)
    return np.concatenate([values, np.full(q - len(values), 2.0)])
