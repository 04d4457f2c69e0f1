"""The feature maps that Eproxy looks at: the ends of up to three stages of any network.

Cells are those of `harness.passes.cells`. A stage ends with the last cell before the shape of the
outputs changes. Of all stages the last, the middle and the first are tapped; in a network of fewer
than three stages the last, the middle and the first cell.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from itertools import pairwise
from typing import TYPE_CHECKING

from harness.core.errors import UnsupportedError
from harness.passes.cells import cells
from harness.passes.network_call import call_network, watched_calls

if TYPE_CHECKING:
    import torch
    from torch import nn

__all__ = ["Taps"]


class _Reached(Exception):  # noqa: N818 - it is no error
    """The deepest tap has its feature map; the rest of the network is not needed."""


class Taps:
    """Runs a network as far as its deepest tap; the first run goes to the end and looks for taps.

    Args:
        network: Any network with cells.
        wanted: Number of taps.
    """

    def __init__(self, network: nn.Module, wanted: int) -> None:
        self._network = network
        self._wanted = wanted
        self._modules: list[nn.Module] = []

    def __call__(self, images: torch.Tensor) -> list[torch.Tensor]:
        """Return the feature maps ``(n, channels, height, width)``, float32, the deepest first.

        Raises:
            UnsupportedError: The network has no cells with feature maps.
        """
        if self._modules:
            seen = _outputs(self._network, self._modules, images, last=self._modules[0])
        else:
            seen = _outputs(self._network, cells(self._network), images)
            self._modules = self._found({cell: maps.shape for cell, maps in seen.items()})
        return [seen[module].float() for module in self._modules]

    def _found(self, shapes: dict[nn.Module, torch.Size]) -> list[nn.Module]:
        maps: dict[nn.Module, tuple[int, ...]] = {
            cell: tuple(shape) for cell, shape in shapes.items() if len(shape) == 4
        }
        if not maps:
            raise UnsupportedError(
                f"{type(self._network).__name__} has no cells with feature maps of four "
                "dimensions; declare is_cell = True on the modules that are its cells"
            )
        return _chosen(maps)[: self._wanted]


def _chosen(shapes: dict[nn.Module, tuple[int, ...]]) -> list[nn.Module]:
    modules = list(shapes)
    ends = [module for module, after in pairwise(modules) if shapes[module] != shapes[after]]
    ends.append(modules[-1])
    among = ends if len(ends) >= 3 else modules
    places = (len(among) - 1, (len(among) - 1) // 2, 0)
    return [among[place] for place in dict.fromkeys(places)]


def _outputs(
    network: nn.Module,
    modules: Sequence[nn.Module],
    images: torch.Tensor,
    last: nn.Module | None = None,
) -> dict[nn.Module, torch.Tensor]:
    """Return the first output of each module in the order of the calls; stop after `last`."""
    seen: dict[nn.Module, torch.Tensor] = {}

    def keep(module: nn.Module, inputs: list[torch.Tensor], output: torch.Tensor) -> None:
        seen.setdefault(module, output)
        if module is last:
            raise _Reached

    with suppress(_Reached), watched_calls(modules, keep):
        call_network(network, images)
    return seen
