"""How redundant the channels of each feature map are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from typing import TYPE_CHECKING

from harness.passes.forward import FORWARD
from harness.passes.network_errors import require
from harness.passes.observation import Pass, PassContext
from harness.passes.subject import INPUTS

if TYPE_CHECKING:
    import torch
    from torch import nn

__all__ = [
    "FEATURE_MAP",
    "SMALLEST_CORRELATIONS",
    "SUBSET_CORRELATIONS",
    "channel_correlations",
    "has_correlations",
    "is_of_images",
    "subset_redundancy",
]

_CHANNELS = 8


class _OfPublished:
    """Wants all modules of a network of a published space, whose scores count them.

    Any other network is run once more, see `harness.passes.first_maps`.
    """

    def __init__(self) -> None:
        self.published: bool | None = None

    def wants(self, module: nn.Module) -> bool:
        if self.published is None:  # it is the network itself
            kinds = map(type, module.modules())
            self.published = any(kind.__module__.startswith("harness.spaces.") for kind in kinds)
        return self.published


class _Correlations(_OfPublished):
    """Keeps the channel correlations of the first image at every module's output.

    A container often returns the very tensor of its last child: the matrix is then used again.
    """

    def __init__(self) -> None:
        super().__init__()
        self._last: tuple[torch.Tensor, int, torch.Tensor] | None = None
        self._matrices: list[torch.Tensor] = []
        self._correlated = False

    def see(self, module: nn.Module, inputs: torch.Tensor, output: torch.Tensor) -> None:
        if is_of_images(output):
            self._add(output, output[0])
            self._correlated |= has_correlations(output)

    def see_map(self, output: torch.Tensor, sample: torch.Tensor) -> None:
        """Look at a map ``(channels, positions)`` of a network of one's own."""
        if sample.shape[1] > sample.shape[0]:  # or an eigenvalue is zero
            self._add(output, sample)
            self._correlated = True

    def _add(self, output: torch.Tensor, sample: torch.Tensor) -> None:
        if self._last is None or self._last[0] is not output or self._last[1] != output._version:
            self._last = output, output._version, channel_correlations(sample)
        self._matrices.append(self._last[2])

    def smallest(self) -> torch.Tensor | None:
        """Decompose matrices of one size together; nothing where there is no feature map."""
        import torch

        self._last = None
        by_size: dict[int, list[torch.Tensor]] = defaultdict(list)
        for matrix in self._matrices:
            by_size[len(matrix)].append(matrix)
        smallest = [
            torch.linalg.eigvalsh(torch.stack(matrices))[:, 0] for matrices in by_size.values()
        ]
        return torch.cat(smallest) if self._correlated else None


FEATURE_MAP = "feature map with two or more channels of two or more positions"
"""What a network without any channel correlation lacks."""

_FULL_RANK = (
    "feature map of more positions than channels (with fewer, the smallest eigenvalue of their "
    "correlations is zero)"
)
"""What a network of one's own without any correlation of full rank lacks."""

_MORE_THAN_CHANNELS = f"feature map of more than {_CHANNELS} positions, or than its channels"
"""The same where eight channels count."""


def is_of_images(output: torch.Tensor) -> bool:
    """Tell whether a module's output can be a feature map an image."""
    return output.dim() >= 2 and output.is_floating_point() and len(output) > 0


def has_correlations(output: torch.Tensor) -> bool:
    """Tell whether a feature map has channels that correlate, whatever they are."""
    return output.shape[1] > 1 and output[0, 0].numel() > 1


def channel_correlations(sample: torch.Tensor) -> torch.Tensor:
    """Return the correlations ``(channels, channels)``; undefined ones are zero."""
    import torch

    maps = sample.reshape(len(sample), -1).to(torch.float64)
    if maps.shape[1] < 2:
        return maps.new_zeros((len(maps), len(maps)))
    matrix = torch.corrcoef(maps).reshape(len(maps), len(maps))
    return torch.nan_to_num(matrix, nan=0.0, posinf=0.0, neginf=0.0)


def _smallest_correlations(context: PassContext) -> torch.Tensor:
    forward = context[FORWARD]
    watcher = forward.watcher("smallest_correlations", _Correlations)
    if watcher.published:
        return require(watcher.smallest(), forward.network, FEATURE_MAP)
    _run_again(context, watcher.see_map)
    return require(watcher.smallest(), forward.network, _FULL_RANK)


def _run_again(context: PassContext, see: Callable[[torch.Tensor, torch.Tensor], None]) -> None:
    from harness.passes.first_maps import see_first_maps

    forward = context[FORWARD]
    see_first_maps(forward.network, forward.inputs, see)
    context.forwards += 1


SMALLEST_CORRELATIONS = Pass(
    name="smallest_correlations",
    compute=_smallest_correlations,
    requires=(FORWARD, INPUTS),
    watch=_Correlations,
)
"""Smallest eigenvalue of the channel correlation matrix at each module's output, float64.

Over positions, of the first sample of the batch; one number per call of a module, containers and
the network itself included, grouped by the number of channels. Networks outside of the published
spaces are run once more, see `harness.passes.first_maps`. A network of which all outputs have one
position or one channel is unsupported.

Shape: float64 tensor ``(outputs,)``. Unit: eigenvalues, dimensionless.
"""


class _FirstMaps(_OfPublished):
    """Keeps the first image's feature map at every module's output."""

    def __init__(self) -> None:
        super().__init__()
        self.maps: list[torch.Tensor] = []
        self.correlated = False

    def see(self, module: nn.Module, inputs: torch.Tensor, output: torch.Tensor) -> None:
        if is_of_images(output):
            self.maps.append(output[0].detach().clone())
            self.correlated |= has_correlations(output)

    def see_map(self, output: torch.Tensor, sample: torch.Tensor) -> None:
        """Look at a map ``(channels, positions)`` of a network of one's own."""
        if sample.shape[1] > min(_CHANNELS, sample.shape[0]):  # or an eigenvalue is zero
            self.maps.append(sample.clone())
            self.correlated = True


def subset_redundancy(sample: torch.Tensor) -> float:
    """Return the smallest eigenvalue of the correlations of eight random channels, times n / 8.

    Args:
        sample: Feature map of one image, ``(n, ...)``; with n at most eight all channels count,
            once. The draw comes from torch's global generator.
    """
    import torch

    taken = min(_CHANNELS, len(sample))
    chosen = torch.randperm(len(sample))[:taken].to(sample.device)
    smallest = torch.linalg.eigvalsh(channel_correlations(sample[chosen]))[0]
    return float(smallest) * len(sample) / taken


def _subset_correlations(context: PassContext) -> tuple[float, ...]:
    forward = context[FORWARD]
    watcher = forward.watcher("subset_correlations", _FirstMaps)
    if not watcher.published:
        _run_again(context, watcher.see_map)
    lacking = FEATURE_MAP if watcher.published else _MORE_THAN_CHANNELS
    maps = require(watcher.maps if watcher.correlated else None, forward.network, lacking)
    redundancies = tuple(subset_redundancy(first) for first in maps)
    maps.clear()
    return redundancies


SUBSET_CORRELATIONS = Pass(
    name="subset_correlations",
    compute=_subset_correlations,
    requires=(FORWARD,),
    watch=_FirstMaps,
)
"""`subset_redundancy` of the first image's feature map at each module's output.

One number per call of a module, containers and the network itself included.

Shape: tuple of floats, one an output. Unit: eigenvalues, dimensionless.
"""
