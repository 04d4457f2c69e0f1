"""NAS-Bench-MR (Ding et al., ICLR 2022): networks of one to four branches, in the manner of HRNet.

Two convolutions of stride 2; four stages of one to four equal modules. A module fuses branches that
are neighbours in resolution, opens one more where a stage begins, and has one to four residual
blocks of two 3x3 convolutions on each branch. At the end all branches are resized to the lowest
resolution, joined by 1x1, averaged and classified. The 27 choices make about 10^24 networks, 2,507
of which were trained on nine tasks.

All tasks share the network up to its head; what is built here has the head of the image tasks,
whose parameters and operations are the published ones. Networks are built for ``imagenet50-64``:
at the 128 x 128 pixels of the published counts they cost four times as much.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from harness.space import SearchSpace
from harness.spaces import nas_bench_mr_notation as notation

if TYPE_CHECKING:
    from torch import nn

    from harness.core.architecture import Dataset

__all__ = ["SPACE"]


def _network(text: str, dataset: Dataset) -> nn.Module:
    from harness.plugins.spaces.networks_nas_bench_mr import build

    return build(text, dataset)


def _parse(text: str) -> str:
    """Read a text of the space, or the JSON object of NCP and GenNAS."""
    if text.startswith("{"):
        return notation.text_of_fields(json.loads(text), "the architecture")
    return notation.CHOICES.parse(text)


SPACE = SearchSpace(
    name="nas-bench-mr",
    family="CNN",
    summary="NAS-Bench-MR: networks of up to four resolutions, about 10^24",
    network=_network,
    choices=notation.CHOICES,
    parse=_parse,
    columns={
        "parameters": lambda text: notation.counts(text)[0],
        "flops": lambda text: notation.counts(text)[1],
        "depth": lambda text: len(notation.resolution(text).modules),
        "width": lambda text: sum(width for _, width in notation.resolution(text).modules[-1]),
    },
    dataset="imagenet50-64",
    largest=13_727_907_840,
)
