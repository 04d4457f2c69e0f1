"""The network of a NAS-Bench-101 cell (Ying et al., ICML 2019).

Skeleton: convolution 3x3 to 128 channels; three stacks of three cells, the second and third after
a max pool that halves the resolution, with twice the channels; global average pool, linear. Every
convolution is followed by batch norm and ReLU.

Weights are drawn as by the PyTorch port with which NAS-Bench-Suite-Zero computed its scores
(nasbench-pytorch): convolutions from a normal distribution of variance 2 / (kernel area x output
channels), the linear layer with standard deviation 0.01 and without bias. The TensorFlow release
has a truncated normal distribution of variance 1 / fan-in instead.

Every layer is a module of its own, called once per forward pass, and no layer works in place, so
that hooks see all of it. Vertices on no path from the input to the output do not exist.
"""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Callable
from functools import partial

import torch
from torch import Tensor, nn

from harness.core.architecture import Dataset
from harness.core.errors import DataError
from harness.spaces import nas_bench_101_cell as cells

__all__ = ["Cell", "build", "conv_norm_relu", "operation", "skeleton", "vertex_channels"]

_STEM_CHANNELS = 128
_STACKS = 3
_CELLS_PER_STACK = 3
_NORM_MOMENTUM = 0.003  # TensorFlow's 0.997 says what stays, torch's what comes in


def build(cell: cells.Cell, dataset: Dataset) -> nn.Sequential:
    """Build the network.

    Args:
        cell: A valid cell; it is pruned here.
        dataset: Gives the input channels and the number of classes; images of any size whose
            sides survive two halvings are accepted.

    Returns:
        A module from images ``(n, channels, height, width)`` to logits ``(n, classes)``.
    """
    cell = cells.prune(cell)
    return skeleton(partial(Cell, cell), _STEM_CHANNELS, dataset)


def skeleton(
    cell: Callable[[int, int], nn.Module], stem_channels: int, dataset: Dataset
) -> nn.Sequential:
    """Build a network around cells of one's own.

    Args:
        cell: Builds one cell for its input and its output channels.
        stem_channels: Channels of the stem and of the first stack; 128 in NAS-Bench-101.
        dataset: As for `build`.
    """
    layers: OrderedDict[str, nn.Module] = OrderedDict()
    layers["stem"] = conv_norm_relu(dataset.channels, stem_channels, kernel=3)
    before = stem_channels
    for stack in range(_STACKS):
        channels = stem_channels << stack
        if stack > 0:
            layers[f"reduction_{stack + 1}"] = nn.MaxPool2d(2, stride=2)
        inputs = (before, *[channels] * (_CELLS_PER_STACK - 1))
        layers[f"stack_{stack + 1}"] = nn.Sequential(
            *(cell(channels_in, channels) for channels_in in inputs)
        )
        before = channels
    layers["head"] = nn.Sequential(
        nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(before, dataset.classes)
    )
    network = nn.Sequential(layers)
    _draw_weights(network)
    return network


class Cell(nn.Module):
    """One cell; keeps the resolution.

    A vertex applies its operation to the sum of its parents; a parent with more channels than the
    vertex loses its last ones, and the cell's input passes a 1x1 projection. The output is the
    concatenation of its parents, plus a projection of the input if there is such an edge.
    """

    is_cell = True

    def __init__(self, cell: cells.Cell, channels_in: int, channels_out: int) -> None:
        super().__init__()
        self._parents = cell.parents
        self._channels = vertex_channels(cell, channels_out)
        self.operations = nn.ModuleList(
            operation(name, channels)
            for name, channels in zip(cell.operations, self._channels[:-1], strict=True)
        )
        self.projections = nn.ModuleDict(
            {
                f"vertex_{vertex}": conv_norm_relu(channels_in, channels, kernel=1)
                for vertex, channels in enumerate(self._channels, start=1)
                if 0 in cell.parents[vertex - 1]
            }
        )

    def forward(self, images: Tensor) -> Tensor:
        """Compute the cell on feature maps ``(n, channels_in, height, width)``."""
        values = [images]
        for vertex, operation in enumerate(self.operations, start=1):
            terms = [
                self._narrowed(values[source], source, vertex)
                for source in self._parents[vertex - 1]
                if source > 0
            ]
            values.append(operation(_sum([*terms, *self._projected(images, vertex)])))
        output = len(self._parents)
        parents = [values[source] for source in self._parents[-1] if source > 0]
        joined = [torch.cat(parents, dim=1)] if len(parents) > 1 else parents
        return _sum([*joined, *self._projected(images, output)])

    def _narrowed(self, value: Tensor, source: int, vertex: int) -> Tensor:
        width = self._channels[vertex - 1]
        return value[:, :width] if self._channels[source - 1] > width else value

    def _projected(self, images: Tensor, vertex: int) -> list[Tensor]:
        name = f"vertex_{vertex}"
        return [self.projections[name](images)] if name in self.projections else []


def vertex_channels(cell: cells.Cell, channels_out: int) -> tuple[int, ...]:
    """Return the output channels of the vertices ``1 .. n-1`` of a pruned cell.

    The parents of the output, without the input, share its channels; what does not divide evenly
    goes one by one to the lowest of them. Any other vertex is as wide as its widest child.
    """
    output = cell.output
    channels = [0] * output + [channels_out]
    sharing = [source for source in cell.parents[-1] if source > 0]
    for index, vertex in enumerate(sharing):
        channels[vertex] = channels_out // len(sharing) + (index < channels_out % len(sharing))
    for vertex in range(output - 1, 0, -1):
        if vertex not in sharing:
            children = [target for source, target in cell.edges if source == vertex]
            channels[vertex] = max(channels[child] for child in children)
    return tuple(channels[1:])


def operation(name: str, channels: int) -> nn.Module:
    """Build one of the three operations."""
    match name:
        case "conv3x3-bn-relu":
            return conv_norm_relu(channels, channels, kernel=3)
        case "conv1x1-bn-relu":
            return conv_norm_relu(channels, channels, kernel=1)
        case "maxpool3x3":
            return nn.MaxPool2d(3, stride=1, padding=1)
        case _:
            raise DataError(f"unknown NAS-Bench-101 operation {name!r}")


def conv_norm_relu(channels_in: int, channels_out: int, *, kernel: int) -> nn.Sequential:
    """Build the triple of convolution, batch norm and ReLU."""
    return nn.Sequential(
        nn.Conv2d(channels_in, channels_out, kernel, padding=kernel // 2, bias=False),
        nn.BatchNorm2d(channels_out, momentum=_NORM_MOMENTUM),
        nn.ReLU(),
    )


def _draw_weights(network: nn.Module) -> None:
    for layer in network.modules():
        match layer:
            case nn.Conv2d():
                area = layer.weight[0, 0].numel()
                nn.init.normal_(layer.weight, std=math.sqrt(2 / (area * layer.out_channels)))
            case nn.Linear():
                nn.init.normal_(layer.weight, std=0.01)
                nn.init.zeros_(layer.bias)


def _sum(terms: list[Tensor]) -> Tensor:
    total = terms[0]
    for term in terms[1:]:
        total = total + term
    return total
