"""Encoders of traced networks, of any width, that the benchmark of pre-training holds together.

``messages`` is that of `cl_predictor`. ``flan`` and ``nn_former`` are the networks of the plugins
without their last layer: nodes are operators, whose kind is the operation, and which are described
by their numbers and the activations folded into them. ``flan`` also reads numbers of the whole
network, as its paper adds encodings to the graph.
"""

from __future__ import annotations

from functools import partial

import torch
from torch import Tensor, nn
from torch.nn.functional import one_hot

from harness.computation_graphs.encoder import Encoder, Shape
from harness.computation_graphs.kinds import Kind
from harness.computation_graphs.tensors import NUMBERS, GraphBatch
from harness.plugins.predictors.flan import gated_flows
from harness.plugins.predictors.nn_former import sibling_encoder

ENCODERS = ("messages", "flan", "nn_former")
LAYERS = 3


class TracedEncoder(nn.Module):
    """Embeds traced networks in ``width`` numbers.

    Args:
        name: One of `ENCODERS`.
        width: Numbers of an operator and of a network.
        numbers: How many numbers of a network there are beside its graph.
    """

    def __init__(self, name: str, width: int, numbers: int) -> None:
        super().__init__()
        self.name, self.width, self.pads = name, width, name != "messages"
        described = {"units": width, "described": NUMBERS + 2 * len(Kind)}
        operations = len(Kind) + 1
        build = {
            "messages": lambda: Encoder(Shape(layers=LAYERS, width=width, embedding=width)),
            "flan": partial(gated_flows, operations, 0, numbers, **described),
            "nn_former": partial(sibling_encoder, operations, 0, **described),
        }
        self.network = build[name]()
        if self.pads:
            self.network.output = nn.Identity()

    def forward(self, batch: GraphBatch, numbers: Tensor) -> Tensor:
        """Return embeddings of k networks, shape ``(k, width)``; `numbers` are of networks."""
        if not self.pads:
            return self.network(batch)
        labels, edges, described = padded(batch)
        beside = [numbers] if self.name == "flan" else []
        return self.network(labels, edges, *beside, described)

    @property
    def weights(self) -> int:
        """Number of weights."""
        return sum(part.numel() for part in self.parameters())


def padded(batch: GraphBatch) -> tuple[Tensor, Tensor, Tensor]:
    """Return graphs as the networks of the plugins take them.

    Returns:
        Kinds from 1, 0 for an absent operator, shape ``(k, m)``; edges, ``(k, m, m)``; and what
        describes operators, ``(k, m, NUMBERS + 2 * len(Kind))``.
    """
    sizes = torch.bincount(batch.owners, minlength=batch.graphs)
    place = torch.arange(len(batch.owners)) - (sizes.cumsum(0) - sizes)[batch.owners]
    activations = one_hot(batch.labels[:, 1:], len(Kind)).flatten(1)
    shape = (batch.graphs, int(sizes.max()))
    labels = torch.zeros(shape, dtype=torch.int64)
    labels[batch.owners, place] = batch.labels[:, 0] + 1
    described = torch.zeros(*shape, NUMBERS + 2 * len(Kind))
    described[batch.owners, place] = torch.cat([batch.numbers, activations], dim=1)
    edges = torch.zeros(*shape, shape[1])
    sources, targets = batch.edges
    edges[batch.owners[sources], place[sources], place[targets]] = 1
    return labels, edges, described
