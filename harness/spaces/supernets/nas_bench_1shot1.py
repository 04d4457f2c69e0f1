"""Supernets of the three spaces of NAS-Bench-1Shot1, inside the skeleton of NAS-Bench-101.

Every vertex has three operations on the sum of all vertices before it, and the output is the sum
of all vertices; the inputs of a vertex are a choice where the space leaves one. The cell's input
passes a 1x1 projection for every vertex. There are 16 channels in the first stack, as in the
one-shot models of Zela et al. (ICLR 2020); networks of single cells keep NAS-Bench-101's 128.

Where the published network concatenates the parents of the output, the supernet adds them up, so
that taking one away leaves the width as it is. Inputs have weight one instead of a softmax.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Final

from torch import Tensor, nn

from harness.core.architecture import Architecture, Dataset
from harness.spaces.nas_bench_1shot1 import FIRST, SECOND, THIRD, NasBench1Shot1
from harness.spaces.nas_bench_101_cell import OPERATIONS, Cell, vertices_in_use
from harness.spaces.nas_bench_101_notation import to_text
from harness.spaces.networks.nas_bench_101 import conv_norm_relu, operation, skeleton
from harness.spaces.supernets.mixture import Mixture, MixtureOfInputs
from harness.spaces.supernets.supernet import Choice, Removal, Selection, Supernet

__all__ = ["SUPERNETS"]

_CHANNELS = 16


def _vertex(number: int) -> str:
    return f"vertex {number}"


def _inputs(number: int) -> str:
    return f"inputs of {number}"


class _Cell(nn.Module):
    """A cell of `vertices` mixtures; keeps the resolution."""

    is_cell = True

    def __init__(
        self, vertices: int, removal: Removal, channels_in: int, channels_out: int
    ) -> None:
        super().__init__()
        self.inputs = nn.ModuleList()
        self.operations = nn.ModuleList()
        for number in range(1, vertices + 2):
            options: dict[str, nn.Module] = {
                "0": conv_norm_relu(channels_in, channels_out, kernel=1)
            }
            options |= {str(other): nn.Identity() for other in range(1, number)}
            self.inputs.append(MixtureOfInputs(_inputs(number), options, removal))
            if number <= vertices:
                layers = {name: operation(name, channels_out) for name in OPERATIONS}
                self.operations.append(Mixture(_vertex(number), layers, removal))

    def forward(self, images: Tensor) -> Tensor:
        """Compute the cell on feature maps ``(n, channels_in, height, width)``."""
        values = [images]
        for inputs, operations in zip(self.inputs[:-1], self.operations, strict=True):
            values.append(operations(inputs(values)))
        output: Tensor = self.inputs[-1](values)
        return output


def _build(vertices: int, dataset: Dataset, removal: Removal) -> nn.Module:
    return skeleton(partial(_Cell, vertices, removal), _CHANNELS, dataset)


def _choices(numbers: tuple[int, ...]) -> tuple[Choice, ...]:
    vertices = [
        Choice(name=_vertex(number), options=OPERATIONS) for number in range(1, len(numbers))
    ]
    inputs = [
        Choice(
            name=_inputs(number),
            options=tuple(str(source) for source in range(number)),
            keep=parents,
            inputs=True,
        )
        for number, parents in enumerate(numbers, start=1)
        if parents < number
    ]
    return (*vertices, *inputs)


def _text(numbers: tuple[int, ...], selection: Selection) -> str:
    everything = {number: tuple(map(str, range(number))) for number in range(1, len(numbers) + 1)}
    parents = [
        sorted(int(source) for source in selection.get(_inputs(number), everything[number]))
        for number in everything
    ]
    operations = tuple(selection[_vertex(number)][0] for number in range(1, len(numbers)))
    return to_text(Cell(operations=operations, parents=tuple(map(tuple, parents))))


def _selection(space: NasBench1Shot1, text: str) -> Selection:
    cell = space.cell(Architecture(space=space.name, text=text))
    used = vertices_in_use(cell)
    selection: dict[str, tuple[str, ...]] = {}
    for number, parents in enumerate(cell.parents, start=1):
        if number < cell.output:
            selection[_vertex(number)] = (cell.operations[number - 1],) if number in used else ()
        if len(parents) < number:
            selection[_inputs(number)] = tuple(map(str, parents)) if number in used else ()
    return selection


def _supernet(space: NasBench1Shot1) -> Supernet:
    numbers = space.parents_per_vertex
    return Supernet(
        name=space.name,
        version="1",
        space=space.name,
        choices=_choices(numbers),
        build=partial(_build, len(numbers) - 1),
        text=partial(_text, numbers),
        selection=partial(_selection, space),
    )


SUPERNETS: Final[Mapping[str, Supernet]] = {
    space.name: _supernet(space) for space in (FIRST, SECOND, THIRD)
}
