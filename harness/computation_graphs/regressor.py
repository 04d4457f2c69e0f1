"""Learns an order of computation graphs from labels, on top of an encoder."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn.functional import softplus

from harness.computation_graphs.encoder import Encoder
from harness.computation_graphs.graph import ComputationGraph
from harness.computation_graphs.tensors import GraphBatch, graph_batch

__all__ = ["Examples", "Regressor", "Schedule", "fine_tune", "values_of"]

_HIDDEN = 32
_AT_ONCE = 512


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Examples:
    """n labelled graphs.

    Attributes:
        graphs: Length n.
        labels: Shape ``(n,)``, higher is better.
        groups: Shape ``(n,)``: labels are compared within a group alone.
    """

    graphs: Sequence[ComputationGraph]
    labels: NDArray[np.float64]
    groups: NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """How long and how fast is learnt.

    Attributes:
        steps: Updates.
        batch: Most graphs of an update.
        head_rate: Learning rate of the head; of the encoder, `encoder_rate`.
        weight_decay: Of both.
        squares: Weight of the squared error beside the loss over pairs.
    """

    steps: int
    batch: int
    head_rate: float
    encoder_rate: float
    weight_decay: float
    squares: float = 0.0


class Regressor(nn.Module):
    """An encoder and a perceptron of one hidden layer."""

    def __init__(self, encoder: Encoder) -> None:
        super().__init__()
        self.encoder = encoder
        self.head = nn.Sequential(
            nn.ReLU(),
            nn.Linear(encoder.shape.embedding, _HIDDEN),
            nn.ReLU(),
            nn.Linear(_HIDDEN, 1),
        )

    def forward(self, batch: GraphBatch) -> Tensor:
        """Return one number a graph, shape ``(k,)``, higher is better."""
        values: Tensor = self.head(self.encoder(batch)).squeeze(-1)
        return values


def fine_tune(network: Regressor, examples: Examples, schedule: Schedule) -> None:
    """Train a network in place, with torch's global generator; it is left in evaluation mode."""
    labels = torch.from_numpy(examples.labels).float()
    groups = torch.from_numpy(examples.groups)
    optimiser = torch.optim.AdamW(
        [
            {"params": network.head.parameters(), "lr": schedule.head_rate},
            {"params": network.encoder.parameters(), "lr": schedule.encoder_rate},
        ],
        weight_decay=schedule.weight_decay,
    )
    annealed = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, schedule.steps)
    whole = graph_batch(examples.graphs) if len(labels) <= schedule.batch else None
    network.train()
    for _ in range(schedule.steps):
        rows = torch.randperm(len(labels))[: schedule.batch]
        if whole is None:
            batch = graph_batch([examples.graphs[row] for row in rows.tolist()])
        else:
            batch, rows = whole, torch.arange(len(labels))
        loss = _loss(network(batch), labels[rows], groups[rows], schedule.squares)
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimiser.step()
        annealed.step()
    network.eval()


def values_of(network: Regressor, graphs: Sequence[ComputationGraph]) -> NDArray[np.float64]:
    """Return one number a graph, shape ``(n,)``, higher is better."""
    values = np.empty(len(graphs))
    with torch.inference_mode():
        for start in range(0, len(graphs), _AT_ONCE):
            batch = graph_batch(graphs[start : start + _AT_ONCE])
            values[start : start + _AT_ONCE] = network(batch).double().numpy()
    return values


def _loss(outputs: Tensor, labels: Tensor, groups: Tensor, squares: float) -> Tensor:
    """Mean logistic loss over the pairs of a group whose labels differ, and squared errors."""
    better = (labels[:, None] > labels[None]) & (groups[:, None] == groups[None])
    losses = softplus(outputs[None] - outputs[:, None])[better]
    pairs = losses.mean() if len(losses) else outputs.sum() * 0.0
    return pairs + squares * (outputs - labels).square().mean() if squares else pairs
