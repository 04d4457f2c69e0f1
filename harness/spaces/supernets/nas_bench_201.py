"""The supernet of NAS-Bench-201: all five operations on the six edges of every cell.

Skeleton and operations are those of the space's networks. In the release of Zero-Cost-PT batch
norms have no affine parameters; ours have, at their start, where they change nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Final

from torch import Tensor, nn

from harness.core.architecture import Dataset
from harness.spaces.four_node_cells import EDGES
from harness.spaces.nas_bench_201_cell import OPERATIONS, read_cell_string, to_cell_string
from harness.spaces.networks.nas_bench_201 import ResidualBlock, operation, skeleton
from harness.spaces.supernets.mixture import Mixture, Nothing, Witnessed
from harness.spaces.supernets.supernet import Choice, Removal, Selection, Supernet

__all__ = ["SUPERNETS"]

_NAME = "nas-bench-201"
_CHOICES = tuple(Choice(name=f"{a}->{b}", options=OPERATIONS) for a, b in EDGES)


class _Cell(nn.Module):
    """A cell in which every edge is a mixture; a node is the sum of its edges."""

    is_cell = True

    def __init__(self, removal: Removal, channels: int) -> None:
        super().__init__()
        self.edges = nn.ModuleList(
            Mixture(
                choice.name,
                {name: _option(name, channels, removal) for name in OPERATIONS},
                removal,
            )
            for choice in _CHOICES
        )

    def forward(self, images: Tensor) -> Tensor:
        """Compute the cell on feature maps ``(n, channels, height, width)``."""
        nodes: list[Tensor] = [images]
        for (source, target), edge in zip(EDGES, self.edges, strict=True):
            term = edge(nodes[source])
            if target == len(nodes):
                nodes.append(term)
            else:
                nodes[target] = nodes[target] + term
        return nodes[-1]


def _option(name: str, channels: int, removal: Removal) -> nn.Module:
    match name:
        case "none":
            return Nothing()
        case "skip_connect":
            return nn.Identity()
        case "avg_pool_3x3":
            return operation(name, channels)
        case _:
            layers = operation(name, channels)
            return Witnessed(layers) if removal is Removal.MASKED else layers


def _build(dataset: Dataset, removal: Removal) -> nn.Module:
    network = skeleton(partial(_Cell, removal), dataset)
    if removal is Removal.MASKED:
        for block in network:
            if isinstance(block, ResidualBlock):
                for name in ("conv_a", "conv_b"):
                    setattr(block, name, Witnessed(getattr(block, name)))
    return network


def _text(selection: Selection) -> str:
    return to_cell_string(tuple(selection[choice.name][0] for choice in _CHOICES))


def _selection(text: str) -> Selection:
    cell = read_cell_string(text)
    return {choice.name: (name,) for choice, name in zip(_CHOICES, cell, strict=True)}


SUPERNETS: Final[Mapping[str, Supernet]] = {
    _NAME: Supernet(
        name=_NAME,
        version="1",
        space=_NAME,
        choices=_CHOICES,
        build=_build,
        text=_text,
        selection=_selection,
    )
}
