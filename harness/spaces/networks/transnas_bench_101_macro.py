"""The network of a TransNAS-Bench-101 macro architecture (Duan et al., CVPR 2021).

Skeleton: a stem of two convolutions of stride 2, to 64 channels; four to six modules of two
residual blocks; the head of the task that the data set's name says, or a linear classifier. The
first block of a module changes channels and resolution. Every layer is a module of its own and no
layer works in place, so that hooks see all of it. A layer is called once per forward pass, except
for jigsaw.
"""

from __future__ import annotations

from collections import OrderedDict

from torch import Tensor, nn

from harness.core.architecture import Dataset
from harness.spaces.networks.layers import relu_conv_norm
from harness.spaces.networks.transnas_bench_101 import BASE_CHANNELS, Stage, assemble

__all__ = ["ResidualBlock", "build"]

_BLOCKS_PER_MODULE = 2


def build(module_types: str, dataset: Dataset) -> nn.Module:
    """Build the network.

    Args:
        module_types: A digit for each module: 1 keeps shape, 2 doubles the channels, 3 halves the
            resolution, 4 does both.
        dataset: Its name chooses the head, `classes` is the number of outputs.

    Returns:
        A module from images ``(n, channels, height, width)`` to the task's output; see
        `harness.spaces.networks.transnas_bench_101`.
    """
    stages: OrderedDict[str, nn.Module] = OrderedDict()
    channels = BASE_CHANNELS
    halvings = 0
    for number, kind in enumerate(module_types, start=1):
        following = channels * 2 if kind in "24" else channels
        stride = 2 if kind in "34" else 1
        stages[f"module_{number}"] = Stage(
            ResidualBlock(channels, following, stride=stride),
            *(ResidualBlock(following, following) for _ in range(_BLOCKS_PER_MODULE - 1)),
        )
        channels = following
        halvings += kind in "34"
    return assemble(stages, dataset, channels, halvings)


class ResidualBlock(nn.Module):
    """Residual block of two convolutions 3x3; a shortcut that changes shape has one 1x1."""

    is_cell = True

    def __init__(self, channels_in: int, channels_out: int, *, stride: int = 1) -> None:
        super().__init__()
        self.conv_a = relu_conv_norm(channels_in, channels_out, kernel=3, stride=stride)
        self.conv_b = relu_conv_norm(channels_out, channels_out, kernel=3)
        self.shortcut: nn.Sequential | None = None
        if stride != 1 or channels_in != channels_out:
            self.shortcut = nn.Sequential(
                nn.Conv2d(channels_in, channels_out, 1, stride=stride, bias=False),
                nn.BatchNorm2d(channels_out),
            )

    def forward(self, images: Tensor) -> Tensor:
        """Compute the block on feature maps ``(n, channels_in, height, width)``."""
        shortcut = images if self.shortcut is None else self.shortcut(images)
        output: Tensor = shortcut + self.conv_b(self.conv_a(images))
        return output
