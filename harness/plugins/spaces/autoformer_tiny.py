"""AutoFormer-tiny of ViT-Bench-101 (Wei et al., AAAI 2024): vision transformers of 12 to 14 layers.

Width 192, 216 or 240; each layer has 3 or 4 heads and a feed-forward part of 3.5 or 4 times the
width: 1,056,964,608 networks. Queries, keys and values keep the width, so that the number of heads
changes what is computed and not the size.

Networks are built for ``cifar100-64``: at the 224 x 224 pixels of ViT-Bench-101 a network has 196
patches instead of 16 and costs about twelve times as much. Only the table of places grows with the
image.
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
    from harness.plugins.spaces.networks_vit import build_autoformer

    return build_autoformer(notation.autoformer(text), dataset)


def _parse(text: str) -> str:
    """Read a text of the space, or the JSON object of a published architecture."""
    if text.startswith("{"):
        return notation.autoformer_from_fields(dict(json.loads(text)), "the architecture")
    notation.autoformer(text)
    return "|".join(part.strip() for part in text.split("|"))


SPACE = SearchSpace(
    name="autoformer-tiny",
    family="vision transformer",
    summary="AutoFormer-tiny: vision transformers of 12 to 14 layers, about 10^9 networks",
    network=_network,
    texts=notation.autoformer_texts,
    size=notation.autoformer_size(),
    parse=_parse,
    sample=notation.autoformer_sample,
    uniform=False,
    neighbours=notation.autoformer_neighbours,
    columns={
        "parameters": lambda text: notation.autoformer_counts(text).parameters,
        "macs": lambda text: notation.autoformer_counts(text).operations,
        "depth": lambda text: len(notation.autoformer(text).heads),
        "width": lambda text: notation.autoformer(text).width,
        "heads": lambda text: sum(notation.autoformer(text).heads),
    },
    matrices=notation.autoformer_matrices,
    dataset="cifar100-64",
    largest="|".join(["240", *["4x4"] * 14]),
)
