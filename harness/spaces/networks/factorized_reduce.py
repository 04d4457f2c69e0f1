"""Skip connection that halves the resolution, by two 1x1 convolutions that share the pixels."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

__all__ = ["FactorizedReduce"]


class FactorizedReduce(nn.Module):
    """ReLU; one convolution on the even pixels, one on the odd; batch norm of both.

    Sides of odd length are padded with zeros at their end; published code does the same
    (TransNAS-Bench-101) or refuses them (DARTS).
    """

    def __init__(self, channels_in: int, channels_out: int, *, affine: bool = True) -> None:
        super().__init__()
        self.relu = nn.ReLU()
        self.even = nn.Conv2d(channels_in, channels_out // 2, 1, stride=2, bias=False)
        self.odd = nn.Conv2d(channels_in, channels_out - channels_out // 2, 1, stride=2, bias=False)
        self.norm = nn.BatchNorm2d(channels_out, affine=affine)

    def forward(self, images: Tensor) -> Tensor:
        """Map ``(n, channels_in, height, width)`` to half the height and width, rounded up."""
        active: Tensor = self.relu(images)
        height, width = active.shape[-2:]
        padded = active
        if height % 2 or width % 2:
            padded = functional.pad(active, (0, width % 2, 0, height % 2))
        parts = [self.even(active), self.odd(padded[:, :, 1:, 1:])]
        output: Tensor = self.norm(torch.cat(parts, dim=1))
        return output
