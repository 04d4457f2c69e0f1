"""Trains torch networks on padded cell graphs; small graphs make dense arithmetic the fastest.

A network takes the operations of nodes, shape ``(b, m)`` with 0 for an absent node, and the edges,
shape ``(b, m, m)``, some also numbers of the architecture, shape ``(b, d)``, and returns one number
a graph. Training has `_EPOCHS` epochs of Adam with a rate that falls to zero along a cosine,
batches of 32 and weight decay, all fixed. Random numbers come from torch generators of the fit's
own seed; the global one is left as it was.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from harness.encodings import Features, FloatArray, Padded
from harness.isolation import isolated_generators, one_thread
from harness.plugins.preparation import Transform, normal_scores
from harness.plugins.regression import small_seed
from harness.predictor import Fit, Inputs, Labelled, Predict

if TYPE_CHECKING:
    import torch
    from torch import Tensor, nn

__all__ = [
    "Loss",
    "network_on_graphs",
    "network_on_graphs_and_numbers",
    "pairwise",
    "squared",
]

_EPOCHS = 120
_BATCH = 32
_RATE = 2e-3
_DECAY = 1e-4
_AT_ONCE = 1024

Build: TypeAlias = Callable[[int, int], "nn.Module"]
"""Builds a network from the number of operations, absence included, and of nodes."""

BuildWithNumbers: TypeAlias = Callable[[int, int, int], "nn.Module"]
"""The same with the number of numbers of an architecture."""

Loss: TypeAlias = Callable[["Tensor", "Tensor"], "Tensor"]
"""Maps outputs and targets, both of shape ``(b,)``, to one number."""


def squared(outputs: Tensor, targets: Tensor) -> Tensor:
    """Return the mean squared error."""
    return ((outputs - targets) ** 2).mean()


def pairwise(outputs: Tensor, targets: Tensor) -> Tensor:
    """Return the mean logistic loss over ordered pairs, as in RankNet (Burges et al., 2005)."""
    from torch.nn.functional import softplus

    first, second = outputs[:, None], outputs[None]
    better = targets[:, None] > targets[None]
    losses = softplus(second - first)[better]
    return losses.mean() if len(losses) else outputs.sum() * 0.0


def network_on_graphs(build: Build, loss: Loss) -> Fit:
    """Return a ``fit`` that trains a network on the labelled graphs."""

    def fit(labelled: Labelled, seed: int) -> Predict:
        graphs = labelled.inputs.graphs

        def network() -> nn.Module:
            return build(len(graphs.vocabulary) + 1, graphs.operations.shape[1])

        return _fitted(network, lambda inputs: _tensors(inputs.graphs), loss, labelled, seed)

    return fit


def network_on_graphs_and_numbers(
    build: BuildWithNumbers, prepare: Callable[[Features], Transform], loss: Loss
) -> Fit:
    """Return a ``fit`` that trains a network on the labelled graphs and their features.

    Args:
        build: Builds the network.
        prepare: Learns from the labelled draw how features become numbers.
        loss: What is minimised.
    """

    def fit(labelled: Labelled, seed: int) -> Predict:
        import torch

        transform = prepare(labelled.inputs.features)
        graphs, numbers = labelled.inputs.graphs, transform(labelled.inputs.features)

        def network() -> nn.Module:
            nodes = graphs.operations.shape[1]
            return build(len(graphs.vocabulary) + 1, nodes, numbers.shape[1])

        def tensors(inputs: Inputs) -> tuple[torch.Tensor, ...]:
            own = torch.as_tensor(transform(inputs.features), dtype=torch.float32)
            return (*_tensors(inputs.graphs), own)

        return _fitted(network, tensors, loss, labelled, seed)

    return fit


def _fitted(
    build: Callable[[], nn.Module],
    tensors: Callable[[Inputs], tuple[Tensor, ...]],
    loss: Loss,
    labelled: Labelled,
    seed: int,
) -> Predict:
    import torch

    with isolated_generators(small_seed(seed), torch.device("cpu")), one_thread():
        network = build()
        _train(network, tensors(labelled.inputs), normal_scores(labelled.labels), loss)
    network.eval()

    def predict(inputs: Inputs) -> FloatArray:
        with one_thread():
            return _outputs(network, tensors(inputs))

    return predict


def _train(network: nn.Module, given: tuple[Tensor, ...], targets: FloatArray, loss: Loss) -> None:
    import torch

    wanted = torch.as_tensor(targets, dtype=torch.float32)
    optimiser = torch.optim.AdamW(network.parameters(), lr=_RATE, weight_decay=_DECAY, fused=True)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, _EPOCHS)
    network.train()
    for _ in range(_EPOCHS):
        for batch in torch.split(torch.randperm(len(wanted)), _BATCH):
            optimiser.zero_grad()
            outputs = network(*(part[batch] for part in given))
            loss(outputs, wanted[batch]).backward()  # type: ignore[no-untyped-call]
            optimiser.step()
        schedule.step()


def _outputs(network: nn.Module, given: tuple[Tensor, ...]) -> FloatArray:
    import torch

    with torch.inference_mode():
        parts = [
            network(*(part[at : at + _AT_ONCE] for part in given))
            for at in range(0, len(given[0]), _AT_ONCE)
        ]
    return np.asarray(torch.cat(parts).numpy(), dtype=np.float64)


def _tensors(graphs: Padded) -> tuple[torch.Tensor, torch.Tensor]:
    import torch

    # Absent nodes, -1, become 0; the others count from 1.
    return (
        torch.as_tensor(graphs.operations + 1),
        torch.as_tensor(graphs.edges, dtype=torch.float32),
    )
