"""How redundant the channels of each feature map are."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from harness.passes.forward import FORWARD
from harness.passes.network_call import require
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


class _Correlations:
    """Keeps the channel correlations of the first image at every module's output.

    A container often returns the very tensor of its last child: the matrix is then used again.
    """

    def __init__(self) -> None:
        self._last: tuple[torch.Tensor, torch.Tensor] | None = None
        self._matrices: list[torch.Tensor] = []
        self._correlated = False

    def wants(self, module: nn.Module) -> bool:
        return True

    def see(self, module: nn.Module, inputs: torch.Tensor, output: torch.Tensor) -> None:
        if not is_of_images(output):
            return
        if self._last is None or self._last[0] is not output:
            self._last = output, channel_correlations(output[0])
        self._matrices.append(self._last[1])
        self._correlated |= has_correlations(output)

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
    smallest = forward.watcher("smallest_correlations", _Correlations).smallest()
    return require(smallest, forward.network, FEATURE_MAP)


SMALLEST_CORRELATIONS = Pass(
    name="smallest_correlations",
    compute=_smallest_correlations,
    requires=(FORWARD, INPUTS),
    watch=_Correlations,
)
"""Smallest eigenvalue of the channel correlation matrix at each module's output, float64.

Over space, of the first image of the batch; one number per call of a module, containers and the
network itself included, grouped by the number of channels. A network of which all outputs have one
position or one channel is unsupported.

Shape: float64 tensor ``(outputs,)``. Unit: eigenvalues, dimensionless.
"""


class _FirstMaps:
    """Keeps the first image's feature map at every module's output."""

    def __init__(self) -> None:
        self.maps: list[torch.Tensor] = []
        self.correlated = False

    def wants(self, module: nn.Module) -> bool:
        return True

    def see(self, module: nn.Module, inputs: torch.Tensor, output: torch.Tensor) -> None:
        if is_of_images(output):
            self.maps.append(output[0].detach().clone())
            self.correlated |= has_correlations(output)


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
    maps = require(watcher.maps if watcher.correlated else None, forward.network, FEATURE_MAP)
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
