"""The network of a NAS-Bench-201 cell (Dong and Yang, ICLR 2020).

Skeleton: convolution 3x3 to 16 channels and batch norm; five cells; residual block to 32 channels
at half the resolution; five cells; residual block to 64 channels; five cells; batch norm, ReLU,
global average pool, linear. Convolutions of a cell are ReLU, convolution, batch norm with affine
parameters and running statistics. Weights have PyTorch's default initialisation.

Every layer is a module of its own, called once per forward pass, and no layer works in place, so
that hooks see all of it. ``none`` and ``skip_connect`` are no modules.

Operations whose output nothing uses are computed, as in the published network, where proxies that
count activations see them. Their parameters have no gradient: after ``backward`` it is None, and
``torch.autograd.grad`` needs ``allow_unused=True`` (or ``materialize_grads=True``, for zeros). The
published network spends a backward pass on them to get zeros.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable

from torch import Tensor, nn

from harness.core.architecture import Dataset
from harness.core.errors import DataError, UsageError
from harness.spaces.four_node_cells import EDGES, Operations
from harness.spaces.nas_bench_201_structure import CELLS_PER_STAGE, REDUCED, WIDTHS
from harness.spaces.networks.layers import AveragePool3x3, relu_conv_norm

__all__ = ["Cell", "ResidualBlock", "build", "operation", "skeleton"]


def build(operations: Operations, dataset: Dataset) -> nn.Sequential:
    """Build the network.

    Args:
        operations: Operation names of the cell, on `EDGES`.
        dataset: Gives the input channels and the number of classes; images whose sides are
            multiples of 4 are accepted.

    Returns:
        A module from images ``(n, channels, height, width)`` to logits ``(n, classes)``.
    """
    return skeleton(lambda channels: Cell(operations, channels), dataset)


def skeleton(cell: Callable[[int], nn.Module], dataset: Dataset) -> nn.Sequential:
    """Build a network around cells of one's own, which keep resolution and channels.

    Args:
        cell: Builds one cell for a number of channels.
        dataset: As for `build`.

    Raises:
        UsageError: Its images have sides that the two branches of a reduction halve differently.
    """
    if dataset.height % REDUCED or dataset.width % REDUCED:
        raise UsageError(
            f"networks of NAS-Bench-201 take images whose sides are multiples of {REDUCED}; those "
            f"of data set {dataset.name!r} are {dataset.height} x {dataset.width}"
        )
    stem = WIDTHS[0]
    layers: OrderedDict[str, nn.Module] = OrderedDict()
    layers["stem"] = nn.Sequential(
        nn.Conv2d(dataset.channels, stem, 3, padding=1, bias=False), nn.BatchNorm2d(stem)
    )
    before = stem
    for stage, channels in enumerate(WIDTHS, start=1):
        if channels != before:
            layers[f"reduction_{stage}"] = ResidualBlock(before, channels)
        cells = [cell(channels) for _ in range(CELLS_PER_STAGE)]
        layers[f"stage_{stage}"] = nn.Sequential(*cells)
        before = channels
    layers["head"] = nn.Sequential(
        nn.BatchNorm2d(before),
        nn.ReLU(),
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),
        nn.Linear(before, dataset.classes),
    )
    return nn.Sequential(layers)


class Cell(nn.Module):
    """One cell; keeps resolution and channels.

    A node is the sum of its incoming operations. A node that nothing enters is zero; it hangs on
    the cell's input, so that a cell without any path passes a gradient of zeros.
    """

    is_cell = True

    def __init__(self, operations: Operations, channels: int) -> None:
        super().__init__()
        self.operations = nn.ModuleDict()
        self._incoming: list[list[tuple[int, str | None]]] = [[] for _ in range(3)]
        for (source, target), name in zip(EDGES, operations, strict=True):
            if name == "none":
                continue
            edge = None if name == "skip_connect" else f"edge_{source}_{target}"
            self._incoming[target - 1].append((source, edge))
            if edge is not None:
                self.operations[edge] = operation(name, channels)

    def forward(self, images: Tensor) -> Tensor:
        """Compute the cell on feature maps ``(n, channels, height, width)``."""
        zero: Tensor | None = None
        nodes: list[Tensor | None] = [images]  # None stands for zero and is never added
        for incoming in self._incoming:
            total: Tensor | None = None
            for source, edge in incoming:
                term = nodes[source]
                if edge is not None:
                    if term is None:
                        term = zero = images * 0 if zero is None else zero
                    term = self.operations[edge](term)
                if term is not None:
                    total = term if total is None else total + term
            nodes.append(total)
        output = nodes[-1]
        if output is not None:
            return output
        return images * 0 if zero is None else zero


class ResidualBlock(nn.Module):
    """Residual block that halves the resolution and changes the channels."""

    is_cell = True

    def __init__(self, channels_in: int, channels_out: int) -> None:
        super().__init__()
        self.conv_a = relu_conv_norm(channels_in, channels_out, kernel=3, stride=2)
        self.conv_b = relu_conv_norm(channels_out, channels_out, kernel=3)
        self.downsample = nn.Sequential(
            nn.AvgPool2d(2, stride=2), nn.Conv2d(channels_in, channels_out, 1, bias=False)
        )

    def forward(self, images: Tensor) -> Tensor:
        """Compute the block on feature maps ``(n, channels_in, height, width)``."""
        output: Tensor = self.downsample(images) + self.conv_b(self.conv_a(images))
        return output


def operation(name: str, channels: int) -> nn.Module:
    """Build one of the three operations that have layers."""
    match name:
        case "nor_conv_1x1":
            return relu_conv_norm(channels, channels, kernel=1)
        case "nor_conv_3x3":
            return relu_conv_norm(channels, channels, kernel=3)
        case "avg_pool_3x3":
            return AveragePool3x3()
        case _:
            raise DataError(f"unknown NAS-Bench-201 operation {name!r}")
