"""Layers that the networks of several spaces are made of."""

from __future__ import annotations

import torch
from torch import Tensor, fx, nn
from torch.nn import functional

__all__ = ["AveragePool3x3", "FactorizedReduce", "relu_conv_norm"]


def relu_conv_norm(
    channels_in: int, channels_out: int, *, kernel: int, stride: int = 1
) -> nn.Sequential:
    """Build ReLU, convolution without bias, batch norm; stride 1 keeps the resolution."""
    return nn.Sequential(
        nn.ReLU(),
        nn.Conv2d(
            channels_in, channels_out, kernel, stride=stride, padding=kernel // 2, bias=False
        ),
        nn.BatchNorm2d(channels_out),
    )


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


class AveragePool3x3(nn.AvgPool2d):
    """Average pool 3x3 of stride 1 that is quick on a CPU where gradients are taken.

    It computes what ``nn.AvgPool2d(3, stride=1, padding=1, count_include_pad=False)`` computes, up
    to rounding, and is one to hooks. In evaluation mode it is that pool, which exporters and
    counters of FLOPs know. In training mode, in which proxies observe networks, it sums by a
    depthwise convolution of ones instead: torch's own CPU kernel takes two to seven times as long,
    forwards and backwards, on maps of 32 x 32.
    """

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
