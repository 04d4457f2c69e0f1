"""The network of a DARTS genotype as NASLib builds it for NAS-Bench-301.

Skeleton: convolution 3x3 to 96 channels and batch norm; eight cells, of which the third and the
sixth halve the resolution and double the channels, 32 at first; global average pool, linear. With
the auxiliary head left out, parameters and FLOPs equal those that NAS-Bench-Suite-Zero stores.
There is no drop path. Weights have PyTorch's default initialisation.

Every layer is a module of its own, called once per forward pass, and no layer works in place, so
that hooks see all of it. ``none`` and a skip connection that keeps the resolution are no modules.
As in NAS-Bench-301 and in the search phase of DARTS (Liu et al., ICLR 2019), batch norms inside a
cell have no affine parameters and a pool is followed by a batch norm.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from harness.core.architecture import Dataset
from harness.core.errors import DataError
from harness.spaces.darts_topology import NODES, Choice, Genotype
from harness.spaces.networks.layers import AveragePool3x3, FactorizedReduce, relu_conv_norm

__all__ = ["Cell", "Network", "Place", "build", "inputs", "operation", "skeleton"]

_CHANNELS = 32
_STEM_MULTIPLIER = 3
_CELLS = 8
_REDUCTIONS = (2, 5)


def build(genotype: Genotype, dataset: Dataset) -> Network:
    """Build the network.

    Args:
        genotype: The normal and the reduction cell.
        dataset: Gives the input channels and the number of classes; images of any size are
            accepted.

    Returns:
        A module from images ``(n, channels, height, width)`` to logits ``(n, classes)``.
    """
    return skeleton(
        lambda place: Cell(
            genotype.reduce if place.reduces else genotype.normal,
            place.channels,
            reduces=place.reduces,
            follows_reduction=place.follows_reduction,
        ),
        _CHANNELS,
        dataset,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a cell stands.

    Attributes:
        channels: Of the cell before the previous one, of the previous one, and of each node.
        reduces: Whether the cell halves the resolution.
        follows_reduction: Whether the previous cell did, so that the one before has to.
    """

    channels: tuple[int, int, int]
    reduces: bool
    follows_reduction: bool


def skeleton(cell: Callable[[Place], nn.Module], channels: int, dataset: Dataset) -> Network:
    """Build a network around cells of one's own.

    Args:
        cell: Builds the cell of a place; it is called on the outputs of the two cells before it
            and returns four times the channels of a node.
        channels: Of each node of the first cell.
        dataset: As for `build`.
    """
    cells: list[nn.Module] = []
    stem = _STEM_MULTIPLIER * channels
    before = previous = stem
    for index in range(_CELLS):
        reduces = index in _REDUCTIONS
        channels *= 2 if reduces else 1
        place = Place(
            channels=(before, previous, channels),
            reduces=reduces,
            follows_reduction=index - 1 in _REDUCTIONS,
        )
        cells.append(cell(place))
        before, previous = previous, len(NODES) * channels
    return Network(dataset, cells, stem, previous)


class Network(nn.Module):
    """Stem, cells, of which each sees the two before it, and a linear classifier."""

    def __init__(self, dataset: Dataset, cells: list[nn.Module], stem: int, channels: int) -> None:
        super().__init__()
        self.stem = nn.Sequential(
            nn.Conv2d(dataset.channels, stem, 3, padding=1, bias=False), nn.BatchNorm2d(stem)
        )
        self.cells = nn.ModuleList(cells)
        self.head = nn.Sequential(
            nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(channels, dataset.classes)
        )

    def forward(self, images: Tensor) -> Tensor:
        """Classify images ``(n, channels, height, width)``."""
        before = previous = self.stem(images)
        for cell in self.cells:
            before, previous = previous, cell(before, previous)
        logits: Tensor = self.head(previous)
        return logits


class Cell(nn.Module):
    """One cell; a node without any path to it is zero and hangs on the cell's input.

    Args:
        choices: The two choices of each of the four nodes.
        channels: Of the cell before the previous one, of the previous one, and of each node.
        reduces: Whether this cell halves the resolution.
        follows_reduction: Whether the previous cell did, so that the one before has to.
    """

    is_cell = True

    def __init__(
        self,
        choices: tuple[Choice, ...],
        channels: tuple[int, int, int],
        *,
        reduces: bool,
        follows_reduction: bool,
    ) -> None:
        super().__init__()
        own = channels[2]
        self.before, self.previous = inputs(channels, follows_reduction=follows_reduction)
        self.operations = nn.ModuleDict()
        self._stride = 2 if reduces else 1
        self._terms: list[list[tuple[int, str | None]]] = [[] for _ in NODES]
        for slot, (name, source) in enumerate(choices):
            if name == "none":
                continue
            module = operation(name, own, self._stride if source < NODES[0] else 1)
            label = None if module is None else f"choice_{slot}"
            self._terms[slot // 2].append((source, label))
            if label is not None and module is not None:
                self.operations[label] = module

    def forward(self, before: Tensor, previous: Tensor) -> Tensor:
        """Compute the cell on the outputs of the two cells before it."""
        states: list[Tensor] = [self.before(before), self.previous(previous)]
        for terms in self._terms:
            total: Tensor | None = None
            for source, label in terms:
                term = states[source] if label is None else self.operations[label](states[source])
                total = term if total is None else total + term
            if total is None:
                total = states[0][:, :, :: self._stride, :: self._stride] * 0
            states.append(total)
        return torch.cat(states[NODES[0] :], dim=1)


def inputs(
    channels: tuple[int, int, int], *, follows_reduction: bool
) -> tuple[nn.Module, nn.Module]:
    """Build the modules that bring the two inputs of a cell to its channels and resolution."""
    before, previous, own = channels
    first = (
        FactorizedReduce(before, own)
        if follows_reduction
        else relu_conv_norm(before, own, kernel=1)
    )
    return first, relu_conv_norm(previous, own, kernel=1)


def operation(name: str, channels: int, stride: int) -> nn.Module | None:
    """Build an operation; None stands for the identity.

    Args:
        name: One of the seven operations.
        channels: Of the input and of the output.
        stride: 1, or 2 to halve the resolution.
    """
    match name:
        case "max_pool_3x3":
            return _normed(nn.MaxPool2d(3, stride=stride, padding=1), channels)
        case "avg_pool_3x3":
            return _normed(_average_pool(stride), channels)
        case "skip_connect":
            return None if stride == 1 else FactorizedReduce(channels, channels, affine=False)
        case "sep_conv_3x3":
            return _twice_separable(channels, kernel=3, stride=stride)
        case "sep_conv_5x5":
            return _twice_separable(channels, kernel=5, stride=stride)
        case "dil_conv_3x3":
            return nn.Sequential(*_separable(channels, kernel=3, stride=stride, dilation=2))
        case "dil_conv_5x5":
            return nn.Sequential(*_separable(channels, kernel=5, stride=stride, dilation=2))
        case _:
            raise DataError(f"unknown DARTS operation {name!r}")


def _average_pool(stride: int) -> nn.AvgPool2d:
    if stride == 1:
        return AveragePool3x3()
    return nn.AvgPool2d(3, stride=stride, padding=1, count_include_pad=False)


def _normed(pool: nn.Module, channels: int) -> nn.Sequential:
    return nn.Sequential(pool, nn.BatchNorm2d(channels, affine=False))


def _twice_separable(channels: int, *, kernel: int, stride: int) -> nn.Sequential:
    return nn.Sequential(
        *_separable(channels, kernel=kernel, stride=stride, dilation=1),
        *_separable(channels, kernel=kernel, stride=1, dilation=1),
    )


def _separable(channels: int, *, kernel: int, stride: int, dilation: int) -> list[nn.Module]:
    return [
        nn.ReLU(),
        nn.Conv2d(
            channels,
            channels,
            kernel,
            stride=stride,
            padding=dilation * (kernel // 2),
            dilation=dilation,
            groups=channels,
            bias=False,
        ),
        nn.Conv2d(channels, channels, 1, bias=False),
        nn.BatchNorm2d(channels, affine=False),
    ]
