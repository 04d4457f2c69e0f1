"""Transformer encoder over the operations of a cell, in the sense of TNASP and PINAT.

Lu, Li, Wang, Chen, Zhou, Sun: TNASP: A Transformer-based NAS Predictor with a Self-evolution
Framework, NeurIPS 2021; Lu, Hu, Wang, Yang, Gong: PINAT: A Permutation INvariance Augmented
Transformer for NAS Predictor, AAAI 2023. Every node is a token: a learnt vector of its operation
and a linear map of its row and column of the adjacency matrix, which stands for its position as
the Laplacian does in TNASP. Two encoder layers of four heads and 64 units, normalised before each
part; the mean over present nodes goes through a linear layer. It learns normal scores of labels by
squared error.

Deviations: much smaller than either paper's; rows of the adjacency matrix for positions; no
self-evolution.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.encodings import encoding
from harness.plugins.graph_networks import network_on_graphs, squared
from harness.predictor import Predictor

if TYPE_CHECKING:
    from torch import Tensor, nn

__all__ = ["PLUGIN"]

_UNITS = 64
_HEADS = 4
_LAYERS = 2


def _build(operations: int, nodes: int) -> nn.Module:
    import torch
    from torch import nn

    class Encoder(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.embedding = nn.Embedding(operations, _UNITS, padding_idx=0)
            self.position = nn.Linear(2 * nodes, _UNITS)
            layer = nn.TransformerEncoderLayer(
                _UNITS, _HEADS, 2 * _UNITS, dropout=0.1, batch_first=True, norm_first=True
            )
            self.layers = nn.TransformerEncoder(layer, _LAYERS, enable_nested_tensor=False)
            self.output = nn.Linear(_UNITS, 1)

        def forward(self, labels: Tensor, edges: Tensor) -> Tensor:
            absent = labels == 0
            links = torch.cat([edges, edges.transpose(1, 2)], dim=2)
            tokens = self.embedding(labels) + self.position(links)
            mixed = self.layers(tokens, src_key_padding_mask=absent)
            present = (~absent).unsqueeze(-1).float()
            pooled = (mixed * present).sum(dim=1) / present.sum(dim=1)
            scores: Tensor = self.output(pooled).squeeze(-1)
            return scores

    return Encoder()


PLUGIN = Predictor(
    name="transformer",
    version="2",
    summary="Transformer encoder over operations, on ranks.",
    encoding=encoding("graph"),
    fit=network_on_graphs(_build, squared),
    in_unit=False,
    stochastic=True,
)
