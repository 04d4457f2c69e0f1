"""The MnasNet space of Accel-NASBench (Ahmad et al., DAC 2024): seven blocks of MBConv layers.

A block has 1 to 3 layers (the sixth 1 to 4), kernel 3 or 5, expansion 1, 4 or 6, and
squeeze-and-excitation or none: 36^6 x 48 networks, about 1.04 x 10^11. A layer expands by 1x1
(unless the expansion is 1), convolves depthwise, squeezes to a quarter of the channels that entered
it, and projects by 1x1; it adds its input where shapes agree. A convolution of stride 2 to 32
channels comes before, one of 1x1 to 1,280 channels, average and linear after.

Networks are built for ``imagenet-64``, images of 64 x 64: a network at 224 x 224, for which
Accel-NASBench counts operations, costs twelve times as much, and parameters do not depend on it.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from harness.space import SearchSpace
from harness.spaces.mnasnet_notation import (
    CHOICES,
    LARGEST,
    counts,
    layers,
    matrices,
    text_of_fields,
)

if TYPE_CHECKING:
    from torch import nn

    from harness.core.architecture import Dataset

__all__ = ["SPACE"]


def _network(text: str, dataset: Dataset) -> nn.Module:
    from harness.plugins.spaces.networks_mnasnet import build

    return build(text, dataset)


def _parse(text: str) -> str:
    """Read a text of the space, or the JSON object of a result's ``architecture``."""
    if text.startswith("{"):
        return text_of_fields(json.loads(text), "the architecture")
    return CHOICES.parse(text)


SPACE = SearchSpace(
    name="mnasnet",
    family="CNN",
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
    matrices=matrices,
    dataset="imagenet-64",
    largest=LARGEST,
)
