"""Graph convolution in the manner of BRP-NAS, with squared error or a pairwise ranking loss.

Dudziak, Chau, Abdelfattah, Lee, Kim, Lane: BRP-NAS: Prediction-based NAS using GCNs, NeurIPS 2020.
With H the nodes' features, E the edges and D the division by the number of neighbours,

    H' = relu((H W0 + b0) + D E^T (H W1 + b1) + D E (H W2 + b2))

four times over, from one learnt vector an operation; the mean over present nodes goes through a
linear layer. ``gcn`` learns normal scores of labels by squared error, ``gcn_ranked`` learns which
of two architectures is better, as the paper's binary predictor does.

Deviations: edges are followed both ways with weights of their own, where the paper adds a global
node; 64 units in place of 600, which is as good on a few hundred labels and finishes on a CPU; the
ranking loss compares outputs of the two architectures instead of classifying the pair.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.encodings import encoding
from harness.plugins.graph_networks import network_on_graphs, pairwise, squared
from harness.predictor import Predictor

if TYPE_CHECKING:
    from torch import Tensor, nn

__all__ = ["PLUGINS", "ranked"]

_UNITS = 64
_LAYERS = 4


def _build(operations: int, nodes: int) -> nn.Module:
    import torch
    from torch import nn

    class Convolutions(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.embedding = nn.Embedding(operations, _UNITS, padding_idx=0)
            # Three linear maps in one: of the node itself, of those before and of those after it.
            self.maps = nn.ModuleList(nn.Linear(_UNITS, 3 * _UNITS) for _ in range(_LAYERS))
            self.output = nn.Linear(_UNITS, 1)

        def forward(self, labels: Tensor, edges: Tensor) -> Tensor:
            present = (labels > 0).unsqueeze(-1).float()
            features = self.embedding(labels)
            incoming = edges.transpose(1, 2)
            incoming = incoming / incoming.sum(dim=2, keepdim=True).clamp(min=1)
            outgoing = edges / edges.sum(dim=2, keepdim=True).clamp(min=1)
            for layer in self.maps:
                own, before, after = layer(features).chunk(3, dim=2)
                mixed = own + incoming @ before + outgoing @ after
                features = torch.relu(mixed) * present
            pooled = features.sum(dim=1) / present.sum(dim=1)
            scores: Tensor = self.output(pooled).squeeze(-1)
            return scores

    return Convolutions()


ranked = network_on_graphs(_build, pairwise)
"""The ``fit`` of ``gcn_ranked``."""

PLUGINS = (
    Predictor(
        name="gcn",
        version="2",
        summary="Graph convolution on ranks.",
        encoding=encoding("graph"),
        fit=network_on_graphs(_build, squared),
        in_unit=False,
        stochastic=True,
    ),
    Predictor(
        name="gcn_ranked",
        version="2",
        summary="Graph convolution with a pairwise ranking loss.",
        encoding=encoding("graph"),
        fit=ranked,
        in_unit=False,
        stochastic=True,
    ),
)
