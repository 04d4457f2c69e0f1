"""The network of a NAS-Bench-Macro architecture (Su et al., CVPR 2021).

Skeleton: convolution 3x3 to 32 channels; three stages whose first layers halve the resolution and
double the channels, so that 64, 128 and 256 channels result; convolution 1x1 to 1,280 channels;
global average pool, linear. Every convolution is followed by batch norm, and by ReLU except where
a block ends. Weights have PyTorch's default initialisation, as in the release.

Every layer is a module of its own, called once per forward pass, and no layer works in place, so
that hooks see all of it.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import TypeAlias

from torch import Tensor, nn

from harness.core.architecture import Dataset
from harness.core.errors import DataError

__all__ = ["InvertedResidual", "Layer", "Reduction", "build", "layer", "skeleton"]

Layer: TypeAlias = Callable[[int, int], nn.Module]
"""Builds a layer for its input channels and its stride; stride 2 doubles the channels."""

_STEM_CHANNELS = 32
_HEAD_CHANNELS = 1_280


def build(stages: Sequence[Sequence[str]], dataset: Dataset) -> nn.Sequential:
    """Build the network.

    Args:
        stages: Operation names of the layers of every stage.
        dataset: Gives the input channels and the number of classes.

    Returns:
        A module from images ``(n, channels, height, width)`` to logits ``(n, classes)``.
    """
    return skeleton([[_builder(name) for name in names] for names in stages], dataset)


def skeleton(stages: Sequence[Sequence[Layer]], dataset: Dataset) -> nn.Sequential:
    """Build a network around layers of one's own, in any number of stages.

    Args:
        stages: Builders of the layers of every stage; the first of a stage has stride 2.
        dataset: As for `build`.
    """
    layers: OrderedDict[str, nn.Module] = OrderedDict()
    layers["stem"] = nn.Sequential(*_conv_norm_relu(dataset.channels, _STEM_CHANNELS, kernel=3))
    channels = _STEM_CHANNELS
    for number, (first, *others) in enumerate(stages, start=1):
        blocks = [first(channels, 2)]
        channels *= 2
        blocks += [other(channels, 1) for other in others]
        layers[f"stage_{number}"] = nn.Sequential(*blocks)
    layers["head"] = nn.Sequential(
        *_conv_norm_relu(channels, _HEAD_CHANNELS, kernel=1),
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),
        nn.Linear(_HEAD_CHANNELS, dataset.classes),
    )
    return nn.Sequential(layers)


class InvertedResidual(nn.Sequential):
    """Block of MobileNetV2: expand by 1x1, depthwise convolution, project by 1x1.

    A block of stride 1 adds its input; a block of stride 2 doubles the channels.
    """

    is_cell = True

    def __init__(self, channels_in: int, *, kernel: int, expansion: int, stride: int) -> None:
        hidden = channels_in * expansion
        channels_out = channels_in * stride
        super().__init__(
            *_conv_norm_relu(channels_in, hidden, kernel=1),
            nn.Conv2d(
                hidden,
                hidden,
                kernel,
                stride=stride,
                padding=kernel // 2,
                groups=hidden,
                bias=False,
            ),
            nn.BatchNorm2d(hidden),
            nn.ReLU(),
            nn.Conv2d(hidden, channels_out, 1, bias=False),
            nn.BatchNorm2d(channels_out),
        )
        self._adds_input = stride == 1

    def forward(self, images: Tensor) -> Tensor:
        """Compute the block on feature maps ``(n, channels, height, width)``."""
        output = images
        for layer in self:
            output = layer(output)
        return output + images if self._adds_input else output


class Reduction(nn.Sequential):
    """What the choice "identity" is in the first layer of a stage: 1x1 of stride 2 and norm."""

    is_cell = True

    def __init__(self, channels: int) -> None:
        super().__init__(
            nn.Conv2d(channels, 2 * channels, 1, stride=2, bias=False),
            nn.BatchNorm2d(2 * channels),
        )


def layer(operation: str, channels: int, stride: int) -> nn.Module:
    """Build one of the three operations."""
    match operation:
        case "identity":
            return Reduction(channels) if stride > 1 else nn.Identity()
        case "ir_3x3_t3":
            return InvertedResidual(channels, kernel=3, expansion=3, stride=stride)
        case "ir_5x5_t6":
            return InvertedResidual(channels, kernel=5, expansion=6, stride=stride)
        case _:
            raise DataError(f"unknown NAS-Bench-Macro operation {operation!r}")


def _builder(operation: str) -> Layer:
    return lambda channels, stride: layer(operation, channels, stride)


def _conv_norm_relu(channels_in: int, channels_out: int, *, kernel: int) -> list[nn.Module]:
    return [
        nn.Conv2d(channels_in, channels_out, kernel, padding=kernel // 2, bias=False),
        nn.BatchNorm2d(channels_out),
        nn.ReLU(),
    ]
