"""The networks of a TransNAS-Bench-101 micro cell (Duan et al., CVPR 2021).

Every stage has two cells; the first of a stage may halve the resolution and double the channels.

* For the seven tasks, known by the data set's name: a stem of two convolutions of stride 2; stages
  that reduce, keep, reduce, keep, reduce, of 128, 128, 256, 256 and 512 channels; the task's head.
* For every other data set, the smaller network in which NAS-Bench-Suite-Zero scored svhn, ninapro
  and scifar100: a convolution 3x3 to 64 channels and batch norm; stages that reduce, keep, reduce,
  of 128, 128 and 256 channels; global average pool, linear. Weights have PyTorch's default
  initialisation, and skip connections that halve the resolution no affine parameters.

Every layer is a module of its own and no layer works in place, so that hooks see all of it. A layer
is called once per forward pass, except for jigsaw. ``none`` and a ``skip_connect`` that keeps
shape are no modules. Operations whose output nothing uses are computed; see
`harness.spaces.networks.nas_bench_201`.
"""

from __future__ import annotations

from collections import OrderedDict

from torch import Tensor, nn

from harness.core.architecture import Dataset
from harness.core.errors import DataError
from harness.spaces.four_node_cells import EDGES, Operations
from harness.spaces.networks.layers import FactorizedReduce, relu_conv_norm
from harness.spaces.networks.transnas_bench_101 import BASE_CHANNELS, TASKS, Stage, assemble, head

__all__ = ["Cell", "build"]

_CELLS_PER_STAGE = 2
_PUBLISHED = (True, False, True, False, True)
_SMALLER = (True, False, True)


def build(operations: Operations, dataset: Dataset) -> nn.Module:
    """Build the network.

    Args:
        operations: Operation names of the cell, on `EDGES`.
        dataset: Its name chooses skeleton and head, `classes` is the number of outputs.

    Returns:
        A module from images ``(n, channels, height, width)`` to the task's output; see
        `harness.spaces.networks.transnas_bench_101`.
    """
    if dataset.name in TASKS:
        stages = _stages(operations, _PUBLISHED, affine_skip=True)
        halvings = sum(_PUBLISHED)
        return assemble(stages, dataset, BASE_CHANNELS * 2**halvings, halvings)
    stages = _stages(operations, _SMALLER, affine_skip=False)
    stem = nn.Sequential(
        nn.Conv2d(dataset.channels, BASE_CHANNELS, 3, padding=1, bias=False),
        nn.BatchNorm2d(BASE_CHANNELS),
    )
    halvings = sum(_SMALLER)
    decoder = head(dataset, BASE_CHANNELS * 2**halvings, halvings)
    return nn.Sequential(OrderedDict([("stem", stem), *stages.items(), ("head", decoder)]))


def _stages(
    operations: Operations, reduces: tuple[bool, ...], *, affine_skip: bool
) -> OrderedDict[str, nn.Module]:
    stages: OrderedDict[str, nn.Module] = OrderedDict()
    channels = BASE_CHANNELS
    for number, reducing in enumerate(reduces, start=1):
        following = channels * 2 if reducing else channels
        cells = [
            Cell(operations, before, following, affine_skip=affine_skip)
            for before in (channels, *[following] * (_CELLS_PER_STAGE - 1))
        ]
        stages[f"stage_{number}"] = Stage(*cells)
        channels = following
    return stages


class Cell(nn.Module):
    """One cell; halves the resolution if it changes the channels.

    A node is the sum of its incoming operations. A node that nothing enters is zero; it hangs on
    the cell's input, so that a cell without any path passes a gradient of zeros.
    """

    is_cell = True

    def __init__(
        self, operations: Operations, channels_in: int, channels_out: int, *, affine_skip: bool
    ) -> None:
        super().__init__()
        self.operations = nn.ModuleDict()
        self._channels = channels_out
        self._stride = 1 if channels_in == channels_out else 2
        self._incoming: list[list[tuple[int, str | None]]] = [[] for _ in range(3)]
        for (source, target), name in zip(EDGES, operations, strict=True):
            if name == "none":
                continue
            before, stride = (channels_out, 1) if source else (channels_in, self._stride)
            module = _operation(name, before, channels_out, stride, affine_skip=affine_skip)
            label = None if module is None else f"edge_{source}_{target}"
            self._incoming[target - 1].append((source, label))
            if label is not None and module is not None:
                self.operations[label] = module

    def forward(self, images: Tensor) -> Tensor:
        """Compute the cell on feature maps ``(n, channels_in, height, width)``."""
        nodes = [images]
        for incoming in self._incoming:
            total: Tensor | None = None
            for source, label in incoming:
                term = nodes[source] if label is None else self.operations[label](nodes[source])
                total = term if total is None else total + term
            nodes.append(self._zero(images) if total is None else total)
        return nodes[-1]

    def _zero(self, images: Tensor) -> Tensor:
        zero = images[:, :1, :: self._stride, :: self._stride] * 0
        return zero.expand(-1, self._channels, -1, -1)


def _operation(
    name: str, channels_in: int, channels_out: int, stride: int, *, affine_skip: bool
) -> nn.Module | None:
    match name:
        case "skip_connect":
            if stride == 1:
                return None
            return FactorizedReduce(channels_in, channels_out, affine=affine_skip)
        case "nor_conv_1x1":
            return relu_conv_norm(channels_in, channels_out, kernel=1, stride=stride)
        case "nor_conv_3x3":
            return relu_conv_norm(channels_in, channels_out, kernel=3, stride=stride)
        case _:
            raise DataError(f"unknown TransNAS-Bench-101 operation {name!r}")
