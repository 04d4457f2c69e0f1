"""PiT of ViT-Bench-101 (Wei et al., AAAI 2024): vision transformers of three stages with pooling.

The width of a stage is that of a head (16 to 40) times its heads; feed-forward parts are 2 to 8
times as wide; depth and heads of the stages are one of ten triples each: 1,600 networks, of which
100 were trained. Overlapping patches are cut every 8 pixels; between stages a strided convolution
halves the map of patches.

Networks are built for ``cifar100-64``: at the 224 x 224 pixels of ViT-Bench-101 a network begins
with 729 patches instead of 49. Only the table of places grows with the image.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from harness.space import SearchSpace
from harness.spaces import vit_bench_notation as notation

if TYPE_CHECKING:
    from torch import nn

    from harness.core.architecture import Dataset

__all__ = ["SPACE"]


def _network(text: str, dataset: Dataset) -> nn.Module:
    from harness.plugins.spaces.networks_vit import build_pit

    return build_pit(notation.pit(text), dataset)


def _parse(text: str) -> str:
    """Read a text of the space, or the JSON object of a published architecture."""
    if text.startswith("{"):
        return notation.pit_from_fields(dict(json.loads(text)), "the architecture")
    return notation.PIT.parse(text)


SPACE = SearchSpace(
    name="pit",
    family="vision transformer",
    summary="PiT: 1,600 vision transformers of three stages with pooling",
    network=_network,
    choices=notation.PIT,
    parse=_parse,
    columns={
        "parameters": lambda text: notation.pit_counts(text).parameters,
        "macs": lambda text: notation.pit_counts(text).operations,
        "depth": lambda text: sum(notation.pit(text).depths),
        "width": lambda text: notation.pit(text).widths[-1],
    },
    dataset="cifar100-64",
    largest="base_dim=40,mlp_ratio=8,depth=3-8-2,num_heads=8-8-8",
)
