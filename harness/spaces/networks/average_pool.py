"""Average pool 3x3 of stride 1 that is quick on a CPU where gradients are taken.

It computes what ``nn.AvgPool2d(3, stride=1, padding=1, count_include_pad=False)`` computes, up to
rounding, and is one to hooks. In evaluation mode it is that pool, which exporters and counters of
FLOPs know. In training mode, in which proxies observe networks, it sums by a depthwise convolution
of ones instead: torch's own CPU kernel takes two to seven times as long, forwards and backwards,
on maps of 32 x 32.
"""

from __future__ import annotations

import torch
from torch import Tensor, fx, nn
from torch.nn import functional

__all__ = ["AveragePool3x3"]


class AveragePool3x3(nn.AvgPool2d):
    """Mean over the part of each 3x3 window that lies inside the image."""

    def __init__(self) -> None:
        super().__init__(3, stride=1, padding=1, count_include_pad=False)

    def forward(self, images: Tensor) -> Tensor:
        """Pool feature maps ``(n, channels, height, width)`` at the same resolution."""
        return _mean_of_windows(images) if self.training else super().forward(images)


@fx.wrap
def _mean_of_windows(images: Tensor) -> Tensor:
    """Pool by a convolution; one node of a graph of ``torch.fx``, as it asks for sizes."""
    if images.device.type != "cpu" or images.dtype != torch.float32:
        return functional.avg_pool2d(images, 3, stride=1, padding=1, count_include_pad=False)
    channels, height, width = images.shape[1:]
    ones = images.new_ones((channels, 1, 3, 3))
    sums = functional.conv2d(images, ones, padding=1, groups=channels)
    inside = images.new_ones((1, 1, height, width))
    return sums / functional.conv2d(inside, ones[:1], padding=1)
