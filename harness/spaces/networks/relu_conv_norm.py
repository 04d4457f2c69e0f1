"""The triple ReLU, convolution, batch norm of cell networks."""

from __future__ import annotations

from torch import nn

__all__ = ["relu_conv_norm"]


def relu_conv_norm(
    channels_in: int, channels_out: int, *, kernel: int, stride: int = 1
) -> nn.Sequential:
    """Build the triple, padded to keep the resolution at stride 1, without a bias."""
    return nn.Sequential(
        nn.ReLU(),
        nn.Conv2d(
            channels_in, channels_out, kernel, stride=stride, padding=kernel // 2, bias=False
        ),
        nn.BatchNorm2d(channels_out),
    )
