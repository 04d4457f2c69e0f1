"""Networks of the MnasNet space of Accel-NASBench (Ahmad et al., DAC 2024).

The networks that were trained have ReLU, and hard sigmoid in squeeze-and-excitation: all scripts
that train them ask for the variant ``fpga``, later called ``relu``. Weights are drawn as they draw
them. Deviation: there is neither stochastic depth (.2) nor dropout (.2), which are random in each
forward pass and no part of an untrained network.
"""

from __future__ import annotations

import math

from torch import Tensor, nn

from harness.core.architecture import Dataset
from harness.spaces.mnasnet_notation import HEAD, STEM, Layer, layers

__all__ = ["build"]


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


def build(text: str, dataset: Dataset) -> nn.Module:
    """Build an untrained network for images of any size."""
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
