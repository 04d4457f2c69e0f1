"""The graph convolutional network of TG-NAS, in the forms of its paper and of its code."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import torch
from torch import nn

from harness.text_graphs.folded import Weights
from harness.text_graphs.form import USUAL_NODES, Form, Readout
from harness.text_graphs.tensors import GraphTensors
from harness.text_graphs.vectors import WIDTH

if TYPE_CHECKING:
    from torch import Tensor

__all__ = ["TextGraphNetwork", "weights_of"]


class TextGraphNetwork(nn.Module):
    """Scores cells; higher is better.

    Each layer is ``ReLU(BatchNorm(A H W))``; a bias inside would be taken away by batch norm.
    Batch norm sees the nodes that are there; the released code also counts the padding.
    """

    def __init__(self, form: Form) -> None:
        super().__init__()
        self.form = form
        widths = [WIDTH + 1, *[form.width] * form.layers]
        pairs = itertools.pairwise(widths)
        self.convolutions = nn.ModuleList(
            nn.Linear(width_in, width_out, bias=False) for width_in, width_out in pairs
        )
        self.norms = nn.ModuleList(nn.BatchNorm1d(form.width) for _ in range(form.layers))
        self.score = nn.Linear(form.width, 1)

    def forward(self, graphs: GraphTensors) -> Tensor:
        """Return scores, shape ``(n,)``."""
        adjacency = _normalised(graphs.adjacency) if self.form.normalised else graphs.adjacency
        # The first product is taken operator by operator: there are far fewer than nodes.
        states = self.convolutions[0](graphs.sentences)[graphs.operators]
        for layer, (convolution, norm) in enumerate(
            zip(self.convolutions, self.norms, strict=True)
        ):
            mixed = adjacency @ (states if layer == 0 else convolution(states))
            normed = torch.zeros_like(mixed)
            normed[graphs.present] = norm(mixed[graphs.present])
            states = torch.relu(normed)
        return self._read(states).squeeze(-1)

    def _read(self, states: Tensor) -> Tensor:
        if self.form.readout is Readout.GLOBAL:
            scores: Tensor = self.score(states[:, -1])
        else:
            scores = self.score(states[:, :-1].sum(1) / USUAL_NODES)
        return scores


def weights_of(network: TextGraphNetwork) -> Weights:
    """Return the arrays of a network; they are copies."""
    return {name: value.numpy().copy() for name, value in network.state_dict().items()}


def _normalised(adjacency: Tensor) -> Tensor:
    into = adjacency.sum(2, keepdim=True).clamp(min=1).rsqrt()
    out = adjacency.sum(1, keepdim=True).clamp(min=1).rsqrt()
    return adjacency * into * out
