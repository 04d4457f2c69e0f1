"""Transformer whose attention sees parents, children and siblings, in the sense of NN-Former.

Xu, Zhang, Wang, Zeng, Zhang: NN-Former: Rethinking Graph Structure in Neural Architecture
Representation, CVPR 2025, arXiv 2507.00880. With X the nodes' features, A the edges and I each node
itself, a layer is

    X' = X + [softmax over I + M of (q k / sqrt(d))] v,    M = A, A^T, A A^T, A^T A, a head each
    X'' = X' + relu(X' W0 + [A X' W1, A^T X' W2]) W3

each part of normalised features. Two nodes are siblings where they feed one node, A A^T, or are fed
by one, A^T A. The mean over present nodes goes through a linear layer.

Deviations: three layers of 64 units, which finish on a CPU, where the paper has more of both; a
learnt vector an operation without positions, which the masks stand for; the pairwise logistic loss
of ``gcn_ranked`` instead of squared errors with a ranking term. Written from the paper's text.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.encodings import encoding
from harness.plugins.graph_networks import network_on_graphs, pairwise
from harness.predictor import Predictor

if TYPE_CHECKING:
    from torch import Tensor, nn

__all__ = ["PLUGIN", "sibling_encoder"]

_UNITS = 64
_HEADS = 4
_LAYERS = 3


def sibling_encoder(
    operations: int, nodes: int, units: int = _UNITS, described: int = 0
) -> nn.Module:
    """Build the untrained network; the number of nodes does not matter.

    Args:
        operations: Number of operations, absence included.
        nodes: Most nodes of a graph.
        units: Numbers of a node; a multiple of the four heads.
        described: How many numbers describe a node beside its operation; the network then takes
            them as a third argument, shape ``(b, m, described)``.
    """
    import torch
    from torch import nn

    class Layer(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.before = nn.LayerNorm(units)
            self.mixing = nn.Linear(units, 3 * units)
            self.joining = nn.Linear(units, units)
            self.between = nn.LayerNorm(units)
            self.own = nn.Linear(units, 2 * units)
            self.passed = nn.Linear(units, 2 * units, bias=False)
            self.last = nn.Linear(2 * units, units)

        def forward(self, features: Tensor, edges: Tensor, seen: Tensor) -> Tensor:
            features = features + self._attended(self.before(features), seen)
            normalised = self.between(features)
            after, before = self.passed(normalised).chunk(2, dim=2)
            passed = torch.cat([edges @ after, edges.transpose(1, 2) @ before], dim=2)
            mixed: Tensor = features + self.last(torch.relu(self.own(normalised) + passed))
            return mixed

        def _attended(self, features: Tensor, seen: Tensor) -> Tensor:
            batch, count, _ = features.shape
            shape = (batch, count, 3, _HEADS, units // _HEADS)
            query, key, value = self.mixing(features).view(shape).permute(2, 0, 3, 1, 4)
            heads = nn.functional.scaled_dot_product_attention(query, key, value, attn_mask=seen)
            joined: Tensor = self.joining(heads.transpose(1, 2).reshape(batch, count, units))
            return joined

    class Encoder(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.embedding = nn.Embedding(operations, units, padding_idx=0)
            self.layers = nn.ModuleList(Layer() for _ in range(_LAYERS))
            self.norm = nn.LayerNorm(units)
            self.output = nn.Linear(units, 1)
            self.description = nn.Linear(described, units) if described else None

        def forward(self, labels: Tensor, edges: Tensor, numbers: Tensor | None = None) -> Tensor:
            back = edges.transpose(1, 2)
            near = torch.stack([edges, back, edges @ back, back @ edges], dim=1)
            # Every node sees itself, so that an absent one sees something too.
            seen = (near + torch.eye(labels.shape[1])) > 0
            features = self.embedding(labels)
            if self.description is not None:
                features = features + self.description(numbers)
            for layer in self.layers:
                features = layer(features, edges, seen)
            present = (labels > 0).unsqueeze(-1).float()
            pooled = (self.norm(features) * present).sum(dim=1) / present.sum(dim=1)
            scores: Tensor = self.output(pooled).squeeze(-1)
            return scores

    return Encoder()


PLUGIN = Predictor(
    name="nn_former",
    version="1",
    summary="Transformer that attends to parents, children and siblings, trained to rank.",
    encoding=encoding("graph"),
    fit=network_on_graphs(sibling_encoder, pairwise),
    in_unit=False,
    stochastic=True,
)
