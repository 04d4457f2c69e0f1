"""The MnasNet space of Accel-NASBench (Ahmad et al., DAC 2024): seven blocks of MBConv layers.

A block has 1 to 3 layers (the sixth 1 to 4), kernel 3 or 5, expansion 1, 4 or 6, and
squeeze-and-excitation or none: 36^6 x 48 networks, about 1.04 x 10^11. A layer expands by 1x1
(unless the expansion is 1), convolves depthwise, squeezes to a quarter of the channels that entered
it, and projects by 1x1; it adds its input where shapes agree. A convolution of stride 2 to 32
channels comes before, one of 1x1 to 1,280 channels, average and linear after.

The networks that were trained have ReLU, and hard sigmoid in squeeze-and-excitation: all scripts
that train them ask for the variant ``fpga``, later called ``relu``. Weights are drawn as they draw
them. Deviation: there is neither stochastic depth (.2) nor dropout (.2), which are random in each
forward pass and no part of an untrained network.

Networks are built for ``imagenet-64``, images of 64 x 64: a network at 224 x 224, for which
Accel-NASBench counts operations, costs twelve times as much, and parameters do not depend on it.
"""

from __future__ import annotations

import json
import math

from torch import Tensor, nn

from harness.core.architecture import Dataset
from harness.space import SearchSpace
from harness.spaces.mnasnet_notation import (
    CHOICES,
    HEAD,
    LARGEST,
    STEM,
    Layer,
    counts,
    layers,
    text_of_fields,
)

__all__ = ["SPACE"]


class _HardSigmoid(nn.Module):
    """What ``nn.Hardsigmoid`` computes, in operators that torch differentiates twice."""

    def forward(self, images: Tensor) -> Tensor:
        return (images / 6 + 0.5).clamp(0, 1)


class _SqueezeExcitation(nn.Module):
    """Scales channels by what two 1x1 convolutions make of their averages."""

    def __init__(self, channels: int, squeezed: int) -> None:
        super().__init__()
        self.scale = nn.Sequential(
            nn.AdaptiveAvgPool2d(1),
            nn.Conv2d(channels, squeezed, 1),
            nn.ReLU(),
            nn.Conv2d(squeezed, channels, 1),
            _HardSigmoid(),
        )

    def forward(self, images: Tensor) -> Tensor:
        scaled: Tensor = self.scale(images) * images
        return scaled


class _InvertedResidual(nn.Module):
    is_cell = True

    def __init__(self, layer: Layer) -> None:
        super().__init__()
        wide = layer.expanded
        parts: list[nn.Module] = []
        if wide != layer.channels_in:
            parts += [*_conv_norm(layer.channels_in, wide), nn.ReLU()]
        parts += [
            *_conv_norm(wide, wide, kernel=layer.kernel, stride=layer.stride, groups=wide),
            nn.ReLU(),
        ]
        if layer.squeezed:
            parts.append(_SqueezeExcitation(wide, layer.squeezed))
        self.layers = nn.Sequential(*parts, *_conv_norm(wide, layer.channels_out))
        self.adds_input = layer.stride == 1 and layer.channels_in == layer.channels_out

    def forward(self, images: Tensor) -> Tensor:
        output: Tensor = self.layers(images)
        return output + images if self.adds_input else output


def _conv_norm(
    channels_in: int, channels_out: int, *, kernel: int = 1, stride: int = 1, groups: int = 1
) -> list[nn.Module]:
    return [
        nn.Conv2d(
            channels_in,
            channels_out,
            kernel,
            stride=stride,
            padding=kernel // 2,
            groups=groups,
            bias=False,
        ),
        nn.BatchNorm2d(channels_out),
    ]


def _network(text: str, dataset: Dataset) -> nn.Module:
    blocks = list(layers(text))
    network = nn.Sequential(
        *_conv_norm(dataset.channels, STEM, kernel=3, stride=2),
        nn.ReLU(),
        *map(_InvertedResidual, blocks),
        *_conv_norm(blocks[-1].channels_out, HEAD),
        nn.ReLU(),
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),
        nn.Linear(HEAD, dataset.classes),
    )
    for module in network.modules():
        if isinstance(module, nn.Conv2d):
            nn.init.kaiming_normal_(module.weight, mode="fan_out")
            if module.bias is not None:
                nn.init.zeros_(module.bias)
        elif isinstance(module, nn.Linear):
            reach = 1 / math.sqrt(module.out_features)
            nn.init.uniform_(module.weight, -reach, reach)
            nn.init.zeros_(module.bias)
    return network


def _parse(text: str) -> str:
    """Read a text of the space, or the JSON object of a result's ``architecture``."""
    if text.startswith("{"):
        return text_of_fields(json.loads(text), "the architecture")
    return CHOICES.parse(text)


SPACE = SearchSpace(
    name="mnasnet",
    summary="seven blocks of MBConv layers for ImageNet, about 10^11 networks",
    network=_network,
    choices=CHOICES,
    parse=_parse,
    columns={
        "parameters": lambda text: counts(text)[0],
        "macs": lambda text: counts(text)[1],
        "depth": lambda text: sum(1 for _ in layers(text)),
        "width": lambda text: sum(layer.expanded for layer in layers(text)),
    },
    dataset="imagenet-64",
    largest=LARGEST,
)
