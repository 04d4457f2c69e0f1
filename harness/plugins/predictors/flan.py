"""Two gated flows along the graph with zero-cost scores beside them, in the sense of FLAN.

Akhauri, Abdelfattah: Encodings for Prediction-based Neural Architecture Search, ICML 2024, arXiv
2403.02484. With X the nodes' features, O a learnt vector of each node's operation and E the edges
into a node, three layers each of a dense flow, with which GATES began, and of an attention flow,

    X' = relu(sigmoid(O Wo) * (E X W) + X W)
    X' = norm(sigmoid(O Wo) * softmax over E + I of leaky_relu(X W a + X W c) times X W)

are run side by side. The means of both over present nodes and the zero-cost scores, brought to one
scale, go through a perceptron of one hidden layer.

Deviations: 64 units; means over nodes instead of the output node, which spaces of two cells have
twice; operations are not refined by a pass backwards; scores pass through the same perceptron and
not one of their own; the pairwise logistic loss of ``gcn_ranked`` instead of a hinge; no other
supplementary encoding and no pre-training on another space. Written from the paper's text.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.encodings import encoding
from harness.plugins.graph_networks import network_on_graphs_and_numbers, pairwise
from harness.plugins.preparation import learn_scaling
from harness.predictor import Predictor, variants

if TYPE_CHECKING:
    from torch import Tensor, nn

__all__ = ["PLUGINS", "gated_flows"]

_UNITS = 64
_LAYERS = 3


def gated_flows(
    operations: int, nodes: int, numbers: int, units: int = _UNITS, described: int = 0
) -> nn.Module:
    """Build the untrained network; the number of nodes does not matter.

    Args:
        operations: Number of operations, absence included.
        nodes: Most nodes of a graph.
        numbers: Of an architecture, beside its graph.
        units: Numbers of a node.
        described: How many numbers describe a node beside its operation; the network then takes
            them as a fourth argument, shape ``(b, m, described)``.
    """
    import torch
    from torch import nn

    class Dense(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.gate = nn.Linear(units, units)
            self.map = nn.Linear(units, units)

        def forward(self, features: Tensor, operation: Tensor, incoming: Tensor) -> Tensor:
            mapped = self.map(features)
            passed = torch.sigmoid(self.gate(operation)) * (incoming @ mapped)
            return torch.relu(passed + mapped)

    class Attention(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.gate = nn.Linear(units, units)
            self.map = nn.Linear(units, units)
            self.ends = nn.Linear(units, 2)
            self.norm = nn.LayerNorm(units)

        def forward(self, features: Tensor, operation: Tensor, incoming: Tensor) -> Tensor:
            mapped = self.map(features)
            own, other = self.ends(mapped).transpose(1, 2).unsqueeze(-1).unbind(dim=1)
            weights = nn.functional.leaky_relu(own + other.transpose(1, 2), 0.2)
            # Every node sees itself, so that inputs and absent nodes see something too.
            unseen = (incoming + torch.eye(incoming.shape[1])) == 0
            weights = weights.masked_fill(unseen, -torch.inf).softmax(dim=2)
            gated: Tensor = self.norm(torch.sigmoid(self.gate(operation)) * (weights @ mapped))
            return gated

    class Flows(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.operation = nn.Embedding(operations, units, padding_idx=0)
            self.node = nn.Embedding(operations, units, padding_idx=0)
            self.dense = nn.ModuleList(Dense() for _ in range(_LAYERS))
            self.attention = nn.ModuleList(Attention() for _ in range(_LAYERS))
            self.hidden = nn.Linear(2 * units + numbers, units)
            self.output = nn.Linear(units, 1)
            self.description = nn.Linear(described, 2 * units) if described else None

        def forward(
            self, labels: Tensor, edges: Tensor, scores: Tensor, numbers: Tensor | None = None
        ) -> Tensor:
            present = (labels > 0).unsqueeze(-1).float()
            operation, node, incoming = self.operation(labels), self.node(labels), edges.mT
            if self.description is not None:
                of_operation, of_node = self.description(numbers).chunk(2, dim=2)
                operation, node = operation + of_operation, node + of_node
            ends = []
            for flow in (self.dense, self.attention):
                features = node
                for layer in flow:
                    features = layer(features, operation, incoming) * present
                ends.append(features.sum(dim=1) / present.sum(dim=1))
            hidden = torch.relu(self.hidden(torch.cat([*ends, scores], dim=1)))
            predicted: Tensor = self.output(hidden).squeeze(-1)
            return predicted

    return Flows()


PLUGINS = variants(
    Predictor(
        name="flan",
        version="1",
        summary="Dense and attention flows along the graph, beside features, trained to rank.",
        encoding=encoding("zc"),
        fit=network_on_graphs_and_numbers(gated_flows, learn_scaling, pairwise),
        in_unit=False,
        stochastic=True,
    ),
    "zc",
)
