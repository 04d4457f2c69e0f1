"""Cell graphs as tensors, for training."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from harness.core.architecture import CellGraph
from harness.text_graphs.arrays import graph_arrays, node_vectors
from harness.text_graphs.words import Words

if TYPE_CHECKING:
    import torch

__all__ = ["GraphTensors", "graph_tensors"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class GraphTensors:
    """n graphs of m nodes, the last of which is the global node.

    Attributes:
        sentences: Shape ``(k, 385)``: a row an operator, the second but last row zeros for absent
            nodes, the last row the global node, the only one whose last number is 1.
        operators: Shape ``(n, m)``, int64: row of each node in `sentences`.
        adjacency: Shape ``(n, m, m)``, float32: 1 where the second node feeds the first; every
            node feeds itself and the global node. Rows and columns of absent nodes are zeros.
        present: Shape ``(n, m)``, bool: which nodes a graph has.
    """

    sentences: torch.Tensor
    operators: torch.Tensor
    adjacency: torch.Tensor
    present: torch.Tensor

    def rows(self, indices: torch.Tensor) -> GraphTensors:
        """Keep some graphs, in the given order."""
        return GraphTensors(
            sentences=self.sentences,
            operators=self.operators[indices],
            adjacency=self.adjacency[indices],
            present=self.present[indices],
        )


def graph_tensors(graphs: Sequence[CellGraph], words: Words = Words.SHORT) -> GraphTensors:
    """Bring graphs into tensors.

    Raises:
        UnsupportedError: An operator has no description.
        InfrastructureError: A description has no stored vector and there is no transformer.
    """
    import torch

    arrays = graph_arrays(graphs)
    absent = len(arrays.vocabulary)
    adjacency = arrays.shapes.astype(np.float32)[arrays.shape_of]
    return GraphTensors(
        sentences=torch.from_numpy(node_vectors(arrays.vocabulary, words)),
        operators=torch.from_numpy(arrays.operators),
        adjacency=torch.from_numpy(adjacency),
        present=torch.from_numpy(arrays.operators != absent),
    )
