"""A network for electrocardiograms of 12 leads: harness score ecg.py --shape 12,256."""

from itertools import pairwise

import torch
from torch import Tensor, nn


class Residual(nn.Module):
    """Two long convolutions, half resolution."""

    def __init__(self, channels: int, out: int) -> None:
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv1d(channels, out, 7, 2, 3, bias=False),
            nn.BatchNorm1d(out),
            nn.ReLU(),
            nn.Conv1d(out, out, 7, 1, 3, bias=False),
            nn.BatchNorm1d(out),
        )
        self.shortcut = nn.Conv1d(channels, out, 1, 2)

    def forward(self, x: Tensor) -> Tensor:
        """Add to the shortcut what two convolutions make of it."""
        return torch.relu(self.body(x) + self.shortcut(x))


class ECGNet(nn.Module):
    """Four residual blocks and a pool over time."""

    def __init__(self, width: int = 32, classes: int = 5) -> None:
        super().__init__()
        widths = [12, width, 2 * width, 2 * width, 4 * width]
        self.blocks = nn.Sequential(
            *(Residual(before, after) for before, after in pairwise(widths))
        )
        self.head = nn.Linear(4 * width, classes)

    def forward(self, x: Tensor) -> Tensor:
        """Return logits ``(n, classes)``."""
        return self.head(self.blocks(x).mean(dim=-1))


def network() -> ECGNet:
    """Build the network."""
    return ECGNet()
