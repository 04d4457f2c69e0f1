"""Skip connection that halves the resolution, by two 1x1 convolutions that share the pixels."""

from __future__ import annotations

import torch
from torch import Tensor, fx, nn
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
        parts = [self.even(active), self.odd(_without_first(active))]
        output: Tensor = self.norm(torch.cat(parts, dim=1))
        return output


@fx.wrap
def _without_first(images: Tensor) -> Tensor:
    """Drop the first row and column; one node of a graph of ``torch.fx``, as it asks for sizes."""
    height, width = images.shape[-2:]
    if height % 2 or width % 2:
        images = functional.pad(images, (0, width % 2, 0, height % 2))
    return images[:, :, 1:, 1:]
