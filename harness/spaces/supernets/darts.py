"""Supernets of DARTS and of its sub-spaces S1 to S4.

Eight cells with 16 channels, as in the search phase of DARTS (Liu et al., ICLR 2019). Every edge of
the normal and of the reduction cell is a choice of operations. A node keeps two of its incoming
edges; where it has more, the worst one is given up, and what is left is scored again.

The text of an architecture is that of the space; ``noise`` (S4) is no operation of it, so S4 has
no space.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from functools import partial
from typing import Final

import torch
from torch import Tensor, nn

from harness.core.architecture import Dataset
from harness.spaces.darts_notation import read_text, to_line
from harness.spaces.darts_topology import NODES, OPERATIONS, Cell, Genotype
from harness.spaces.networks import darts as network
from harness.spaces.networks.darts import operation
from harness.spaces.supernets.mixture import Mixture, MixtureOfInputs, Nothing
from harness.spaces.supernets.supernet import Choice, Removal, Selection, Supernet

__all__ = ["EDGES", "SUBSPACES", "SUPERNETS"]

EDGES = tuple((source, target) for target in range(2, 6) for source in range(target))

_SHORT = {
    "k": "skip_connect",
    "m": "max_pool_3x3",
    "a": "avg_pool_3x3",
    "s": "sep_conv_3x3",
    "d": "dil_conv_3x3",
    "D": "dil_conv_5x5",
}
_S1 = (
    "kd kD kD ks kd mk ks ks kd ks mk kd dD dD",
    "ma md ma ma kD ma ms kd kD ma ma kD kD kD",
)

SUBSPACES: dict[str, tuple[tuple[str, ...], ...]] = {
    "darts": (OPERATIONS,) * 28,
    "darts-s1": tuple(tuple(_SHORT[letter] for letter in pair) for pair in " ".join(_S1).split()),
    "darts-s2": (("skip_connect", "sep_conv_3x3"),) * 28,
    "darts-s3": (("none", "skip_connect", "sep_conv_3x3"),) * 28,
    "darts-s4": (("noise", "sep_conv_3x3"),) * 28,
}
"""Operations of each edge in DARTS and in its sub-spaces S1 to S4.

Source of the sub-spaces: Zela et al., "Understanding and robustifying differentiable architecture
search", ICLR 2020; the pairs of S1 are those of its released ``spaces.py``. Edges are in the order
of their targets, then of their sources: 14 in the normal cell, then 14 in the reduction cell.
"""
_CHANNELS = 16
_KINDS = ("normal", "reduce")
_KEPT = 2


class _Noise(nn.Module):
    """Standard normal noise at the resolution that a stride leaves, whatever comes in."""

    def __init__(self, stride: int) -> None:
        super().__init__()
        self._stride = stride

    def forward(self, images: Tensor) -> Tensor:
        """Draw noise for feature maps ``(n, channels, height, width)``."""
        return torch.randn_like(images[:, :, :: self._stride, :: self._stride])


class _Cell(nn.Module):
    """A normal or a reduction cell in which every edge is a mixture."""

    is_cell = True

    def __init__(
        self, edges: Mapping[str, tuple[str, ...]], removal: Removal, place: network.Place
    ) -> None:
        super().__init__()
        kind = _KINDS[place.reduces]
        self.before, self.previous = network.inputs(
            place.channels, follows_reduction=place.follows_reduction
        )
        self.nodes = nn.ModuleList()
        for node in NODES:
            incoming: dict[str, nn.Module] = {}
            for source in range(node):
                stride = 2 if place.reduces and source < NODES[0] else 1
                name = _edge(kind, source, node)
                options = {
                    option: _option(option, place.channels[2], stride) for option in edges[name]
                }
                incoming[str(source)] = Mixture(name, options, removal)
            self.nodes.append(MixtureOfInputs(_inputs(kind, node), incoming, removal))

    def forward(self, before: Tensor, previous: Tensor) -> Tensor:
        """Compute the cell on the outputs of the two cells before it."""
        states: list[Tensor] = [self.before(before), self.previous(previous)]
        for node in self.nodes:
            states.append(node(states))
        return torch.cat(states[NODES[0] :], dim=1)


def _option(name: str, channels: int, stride: int) -> nn.Module:
    match name:
        case "none":
            return Nothing(stride)
        case "noise":
            return _Noise(stride)
        case _:
            return operation(name, channels, stride) or nn.Identity()


def _edge(kind: str, source: int, target: int) -> str:
    return f"{kind} {source}->{target}"


def _inputs(kind: str, node: int) -> str:
    return f"{kind} inputs of {node}"


def _build(edges: Mapping[str, tuple[str, ...]], dataset: Dataset, removal: Removal) -> nn.Module:
    return network.skeleton(partial(_Cell, edges, removal), _CHANNELS, dataset)


def _choices(edges: Mapping[str, tuple[str, ...]]) -> tuple[Choice, ...]:
    operations = [Choice(name=name, options=options) for name, options in edges.items()]
    inputs = [
        Choice(
            name=_inputs(kind, node),
            options=tuple(map(str, range(node))),
            keep=_KEPT,
            inputs=True,
            gradual=True,
        )
        for kind, node in itertools.product(_KINDS, NODES)
        if node > _KEPT
    ]
    return (*operations, *inputs)


def _cell(kind: str, selection: Selection) -> Cell:
    slots: list[tuple[str, int]] = []
    for node in NODES:
        kept = selection.get(_inputs(kind, node), tuple(map(str, range(node))))
        sources = sorted(map(int, kept))
        slots += [(selection[_edge(kind, source, node)][0], source) for source in sources]
    return tuple(slots)


def _text(selection: Selection) -> str:
    return to_line(Genotype(normal=_cell("normal", selection), reduce=_cell("reduce", selection)))


def _selection(text: str) -> Selection:
    genotype = read_text(text)
    selection: dict[str, tuple[str, ...]] = {}
    for kind, cell in zip(_KINDS, (genotype.normal, genotype.reduce), strict=True):
        selection |= {_edge(kind, source, target): () for source, target in EDGES}
        for slot, (name, source) in enumerate(cell):
            node = NODES[slot // 2]
            selection[_edge(kind, source, node)] = (name,)
            if node > _KEPT:
                selection[_inputs(kind, node)] = (
                    *selection.get(_inputs(kind, node), ()),
                    str(source),
                )
    return selection


def _supernet(name: str) -> Supernet:
    names = [_edge(kind, *edge) for kind, edge in itertools.product(_KINDS, EDGES)]
    edges = dict(zip(names, SUBSPACES[name], strict=True))
    return Supernet(
        name=name,
        version="1",
        space="" if name == "darts-s4" else "darts",
        choices=_choices(edges),
        build=partial(_build, edges),
        text=_text,
        selection=_selection,
    )


SUPERNETS: Final[Mapping[str, Supernet]] = {name: _supernet(name) for name in SUBSPACES}
