"""A graph network that embeds computation graphs of any space.

Every operator begins with the sum of three learnt vectors, for its kind and the activations folded
into it, and a linear map of its numbers. In each of four layers it adds

    ReLU(norm(W0 h + W1 mean of those it reads + W2 mean of those that read it))

to its vector (``torch_geometric.nn.GraphConv`` one way and the other). A graph's embedding is a
linear map of the mean over operators beside the sum over them, each as often as it stands for
equal ones.
"""

from __future__ import annotations

import importlib
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from harness.computation_graphs.kinds import Kind
from harness.computation_graphs.tensors import NUMBERS, GraphBatch
from harness.core.errors import InfrastructureError

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Encoder", "Shape"]

_SUM = 64.0
"""Typical number of operators, so that sums are of a size of about one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """Shape of an encoder.

    Attributes:
        layers: Rounds of messages.
        width: Numbers of an operator.
        embedding: Numbers of a graph.
    """

    layers: int = 4
    width: int = 48
    embedding: int = 64


class Encoder(nn.Module):
    """Embeds graphs.

    Raises:
        InfrastructureError: torch_geometric is not installed.
    """

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        convolution = _graph_convolution()
        width = shape.width
        self.shape = shape
        self.labels = nn.ModuleList(nn.Embedding(len(Kind), width) for _ in range(3))
        self.numbers = nn.Linear(NUMBERS, width)
        self.before = nn.ModuleList(convolution(width, width) for _ in range(shape.layers))
        self.after = nn.ModuleList(convolution(width, width) for _ in range(shape.layers))
        self.norms = nn.ModuleList(nn.LayerNorm(width) for _ in range(shape.layers))
        self.readout = nn.Linear(2 * width, shape.embedding)

    def forward(self, batch: GraphBatch) -> Tensor:
        """Return embeddings of k graphs, shape ``(k, embedding)``."""
        vectors = self.operators(batch)
        zeros = vectors.new_zeros((batch.graphs, vectors.shape[1]))
        sums = zeros.index_add(0, batch.owners, vectors * batch.counts)
        sizes = zeros.new_zeros((batch.graphs, 1)).index_add(0, batch.owners, batch.counts)
        embedding: Tensor = self.readout(torch.cat([sums / sizes, sums / _SUM], dim=1))
        return embedding

    def operators(self, batch: GraphBatch) -> Tensor:
        """Return the vectors of n operators after all messages, shape ``(n, width)``."""
        vectors: Tensor = self.numbers(batch.numbers)
        for column, table in enumerate(self.labels):
            vectors = vectors + table(batch.labels[:, column])
        reverse = batch.edges.flip(0)
        for before, after, norm in zip(self.before, self.after, self.norms, strict=True):
            messages = before(vectors, batch.edges) + after(vectors, reverse)
            vectors = vectors + torch.relu(norm(messages))
        return vectors


def _graph_convolution() -> Callable[[int, int], nn.Module]:
    try:
        with warnings.catch_warnings():
            # torch_geometric compiles some of its own functions in a way that torch deprecates.
            warnings.simplefilter("ignore", DeprecationWarning)
            layers = importlib.import_module("torch_geometric.nn")
    except ImportError as error:
        raise InfrastructureError(
            "the predictor cl_predictor needs the package torch_geometric; install it with "
            "pip install 'nas-proxy-harness[graph]'"
        ) from error

    def build(inputs: int, outputs: int) -> nn.Module:
        module: nn.Module = layers.GraphConv(inputs, outputs, aggr="mean")
        return module

    return build
