"""How redundant a few channels of each feature map are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.passes.channel_correlation import (
    FEATURE_MAP,
    channel_correlations,
    has_correlations,
    is_of_images,
)
from harness.passes.forward import FORWARD
from harness.passes.network_call import require
from harness.passes.observation import Pass, PassContext

if TYPE_CHECKING:
    import torch
    from torch import nn

__all__ = ["SUBSET_CORRELATIONS", "subset_redundancy"]

_CHANNELS = 8


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
