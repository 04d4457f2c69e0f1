"""How alike two graphs are in shape: the spectrum of the normalised Laplacian.

With A the adjacency, directions and labels forgotten, and D its degrees,

    L = I - D^-1/2 A D^-1/2,    distance(G, H) = || lambda_q(G) - lambda_q(H) ||_2

over the q smallest eigenvalues. A graph with fewer operators has its missing eigenvalues at 2, the
largest that there can be.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from harness.computation_graphs.graph import ComputationGraph

__all__ = ["smallest_eigenvalues"]


def smallest_eigenvalues(graph: ComputationGraph, q: int) -> NDArray[np.float64]:
    """Return the q smallest eigenvalues, ascending, from 0 to 2, shape ``(q,)``."""
    adjacency = np.zeros((graph.n, graph.n))
    adjacency[graph.edges[:, 0], graph.edges[:, 1]] = 1.0
    adjacency = np.maximum(adjacency, adjacency.T)
    degrees = adjacency.sum(axis=0)
    roots = np.divide(1.0, np.sqrt(degrees), out=np.zeros(graph.n), where=degrees > 0)
    laplacian = np.diag((degrees > 0).astype(np.float64)) - roots[:, None] * adjacency * roots
    values = np.clip(np.linalg.eigvalsh(laplacian)[:q], 0.0, 2.0)
    return np.concatenate([values, np.full(q - len(values), 2.0)])
