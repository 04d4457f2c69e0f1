"""The feature maps that Eproxy looks at: the ends of up to three stages of any network.

Cells are those of `harness.passes.cells`, and a stage ends with its last cell. Modules with the
class attribute ``is_stage = True`` are stages, and the last three of them are tapped: the modules
of TransNAS-Bench-101, as in the release. In any other network a stage ends before the shape of the
outputs changes, and the last, the middle and the first stage are tapped; of fewer than three
stages, the last, the middle and the first cell. A sequence of tokens that fills a square, as the
patches of a vision transformer do, is a map as well; one token more, for the class, is left out.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from harness.core.errors import UnsupportedError
from harness.passes.cells import CellOutput, cell_outputs, cells
from harness.passes.network_call import call_network, watched_calls

if TYPE_CHECKING:
    import torch
    from torch import nn

__all__ = ["Taps"]


class _Reached(Exception):  # noqa: N818 - it is no error
    """The deepest tap has its feature map; the rest of the network is not needed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Tap:
    """A cell that is looked at.

    Attributes:
        place: Which of the outputs of cells it is.
        cell: The module; None where an operator stands in for one.
        axis: That of its channels.
    """

    place: int
    cell: nn.Module | None
    axis: int


class Taps:
    """Runs a network as far as its deepest tap; the first run goes to the end and looks for taps.

    Args:
        network: Any network with cells.
        wanted: Number of taps.
    """

    def __init__(self, network: nn.Module, wanted: int) -> None:
        self._network = network
        self._wanted = wanted
        self._taps: list[_Tap] = []

    def __call__(self, images: torch.Tensor) -> list[torch.Tensor]:
        """Return the feature maps ``(n, channels, height, width)``, float32, the deepest first.

        Raises:
            UnsupportedError: The network has no cells with feature maps.
        """
        tapped = [tap.cell for tap in self._taps if tap.cell is not None]
        if self._taps and len(tapped) == len(self._taps):
            outputs = _outputs(self._network, tapped, images)
            seen = [(outputs[tap.cell], tap.axis) for tap in self._taps if tap.cell is not None]
        else:
            found = cell_outputs(self._network, images)
            self._taps = self._taps or self._found(found)
            seen = [(found[tap.place].maps, tap.axis) for tap in self._taps]
        maps = [_as_map(output, axis) for output, axis in seen]
        return [feature_map.float() for feature_map in maps if feature_map is not None]

    def _found(self, outputs: list[CellOutput]) -> list[_Tap]:
        shapes: dict[_Tap, tuple[int, ...]] = {}
        seen: set[nn.Module] = set()
        for place, output in enumerate(outputs):
            feature_map = _as_map(output.maps, output.axis)
            if output.is_input or feature_map is None or output.cell in seen:
                continue
            tap = _Tap(place=place, cell=output.cell, axis=output.axis)
            shapes[tap] = tuple(feature_map.shape)
            if output.cell is not None:
                seen.add(output.cell)
        if not shapes:
            raise UnsupportedError(
                f"{type(self._network).__name__} has no cells with feature maps of rows and "
                "columns; declare is_cell = True on the modules that are its cells"
            )
        of_stages = _last_cells(self._network)
        ends = [tap for tap in shapes if tap.cell in of_stages]
        return (ends[::-1] or _spread(shapes))[: self._wanted]


def _as_map(output: torch.Tensor, axis: int) -> torch.Tensor | None:
    """Return an output as ``(n, channels, height, width)``; None where it is no such map."""
    import torch

    maps = output.movedim(axis, 1) if axis != 1 else output
    if maps.dim() == 4:
        return maps
    if maps.dim() != 3:
        return None
    length = maps.shape[2]
    side = math.isqrt(length)
    if side < 2 or length - side * side > 1:
        return None
    return torch.unflatten(maps[:, :, length - side * side :], 2, (side, side))


def _last_cells(network: nn.Module) -> set[nn.Module]:
    """Return the last cell of each module that says that it is a stage."""
    stages = [module for module in network.modules() if getattr(module, "is_stage", False)]
    return {cells(stage)[-1] for stage in stages}


def _spread(shapes: dict[_Tap, tuple[int, ...]]) -> list[_Tap]:
    """Return the ends of the last, the middle and the first stage, as shapes tell them apart."""
    taps = list(shapes)
    ends = [tap for tap, after in pairwise(taps) if shapes[tap] != shapes[after]]
    ends.append(taps[-1])
    among = ends if len(ends) >= 3 else taps
    places = (len(among) - 1, (len(among) - 1) // 2, 0)
    return [among[place] for place in dict.fromkeys(places)]


def _outputs(
    network: nn.Module, modules: Sequence[nn.Module], images: torch.Tensor
) -> dict[nn.Module, torch.Tensor]:
    """Return the first output of each module; stop after that of the first of them."""
    seen: dict[nn.Module, torch.Tensor] = {}

    def keep(module: nn.Module, inputs: list[torch.Tensor], output: torch.Tensor) -> None:
        seen.setdefault(module, output)
        if module is modules[0]:
            raise _Reached

    with suppress(_Reached), watched_calls(modules, keep):
        call_network(network, images)
    return seen
