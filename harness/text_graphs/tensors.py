"""Cell graphs as tensors with a global node, as TG-NAS reads them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from harness.core.architecture import CellGraph
from harness.encodings import ABSENT, padded
from harness.text_graphs.descriptions import describe
from harness.text_graphs.vectors import WIDTH, sentence_vectors

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


def graph_tensors(graphs: Sequence[CellGraph]) -> GraphTensors:
    """Bring graphs into tensors.

    Raises:
        UsageError: An operator has no description.
        InfrastructureError: A description has no stored vector and there is no transformer.
    """
    import torch

    arrays = padded(graphs)
    n, m = arrays.operations.shape
    k = len(arrays.vocabulary)
    sentences = np.zeros((k + 2, WIDTH + 1), dtype=np.float32)
    sentences[:k, :WIDTH] = sentence_vectors([describe(one) for one in arrays.vocabulary])
    sentences[k + 1, WIDTH] = 1
    operators = np.full((n, m + 1), k + 1, dtype=np.int64)
    operators[:, :m] = np.where(arrays.operations == ABSENT, k, arrays.operations)
    present = operators != k
    adjacency = np.zeros((n, m + 1, m + 1), dtype=np.float32)
    adjacency[:, :m, :m] = arrays.edges.transpose(0, 2, 1)
    adjacency[:, m, :] = present
    diagonal = np.arange(m + 1)
    adjacency[:, diagonal, diagonal] = present
    return GraphTensors(
        sentences=torch.from_numpy(sentences),
        operators=torch.from_numpy(operators),
        adjacency=torch.from_numpy(adjacency),
        present=torch.from_numpy(present),
    )
