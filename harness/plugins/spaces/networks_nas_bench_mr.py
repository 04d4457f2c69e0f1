"""Networks of NAS-Bench-MR (Ding et al., ICLR 2022), with the head of the image tasks.

Weights are drawn as NCP draws them. Where the sides of images are multiples of 32, maps of branches
fit together, and the resizing of maps before a sum, which then changes nothing, is left out.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from harness.core.architecture import Dataset
from harness.spaces.nas_bench_mr_notation import convolutions, resolution

__all__ = ["build"]

_LOWEST = 32
"""Pixels of the image for one of the branch of lowest resolution."""

Maps = tuple[Tensor, ...]


class _Block(nn.Module):
    """Two 3x3 convolutions with a residual sum.

    Those of the finest branch, each of which the next one follows from, are the network's cells.
    """

    def __init__(self, channels: int, *, is_cell: bool) -> None:
        super().__init__()
        self.is_cell = is_cell
        self.layers = nn.Sequential(
            *_conv_norm(channels, channels), nn.ReLU(), *_conv_norm(channels, channels)
        )
        self.relu = nn.ReLU()

    def forward(self, images: Tensor) -> Tensor:
        output: Tensor = self.relu(self.layers(images) + images)
        return output


class _Fusion(nn.Module):
    """Convolutions between the branches of two modules, a sum for each branch, and its ReLU."""

    def __init__(self, before: list[int], after: list[int], *, resizes: bool) -> None:
        super().__init__()
        self.resizes = resizes
        self.kept = len(before)
        steps = list(convolutions(len(before), len(after)))
        self.steps = [(step.source, step.target) for step in steps]
        self.layers = nn.ModuleList(
            nn.Sequential(
                *_conv_norm(
                    (after if step.target >= self.kept else before)[step.source],
                    after[step.target],
                    kernel=step.kernel,
                    stride=step.stride,
                ),
                nn.ReLU(),
                nn.Upsample(scale_factor=2) if step.source > step.target else nn.Identity(),
            )
            for step in steps
        )
        self.activations = nn.ModuleList(nn.ReLU() for _ in before)

    def forward(self, maps: Maps) -> Maps:
        sums: list[Tensor] = []
        fused: list[Tensor] = []
        for (source, target), layer in zip(self.steps, self.layers, strict=True):
            if target >= self.kept:  # a new branch is made of the one before it
                fused = fused or self._activated(sums)
                fused.append(layer(fused[source]))
                continue
            entering = layer(maps[source])
            if target == len(sums):
                sums.append(entering)
            else:
                sums[target] = sums[target] + self._resized(entering, sums[target])
        return tuple(fused or self._activated(sums))

    def _resized(self, entering: Tensor, like: Tensor) -> Tensor:
        if not self.resizes:
            return entering
        return functional.interpolate(entering, like.shape[2:], mode="bilinear")

    def _activated(self, sums: list[Tensor]) -> list[Tensor]:
        return [activate(summed) for activate, summed in zip(self.activations, sums, strict=True)]


class _Branches(nn.Module):
    """Blocks on each branch."""

    def __init__(self, branches: tuple[tuple[int, int], ...]) -> None:
        super().__init__()
        self.branches = nn.ModuleList(
            nn.Sequential(*(_Block(channels, is_cell=not branch) for _ in range(blocks)))
            for branch, (blocks, channels) in enumerate(branches)
        )

    def forward(self, maps: Maps) -> Maps:
        return tuple(branch(part) for branch, part in zip(self.branches, maps, strict=True))


class _Network(nn.Module):
    def __init__(self, text: str, dataset: Dataset) -> None:
        super().__init__()
        known = resolution(text)
        resizes = bool(dataset.height % _LOWEST or dataset.width % _LOWEST)
        first, second = known.stem
        self.stem = nn.Sequential(
            *_conv_norm(dataset.channels, first, stride=2),
            nn.ReLU(),
            *_conv_norm(first, second, stride=2),
            nn.ReLU(),
        )
        layers: list[nn.Module] = []
        channels = [second]
        for module in known.modules:
            widths = [width for _, width in module]
            layers += [_Fusion(channels, widths, resizes=resizes), _Branches(module)]
            channels = widths
        self.layers = nn.Sequential(*layers)
        self.head = nn.Sequential(
            *_conv_norm(sum(channels), known.head, kernel=1),
            nn.ReLU(),
            nn.AdaptiveAvgPool2d(1),
            nn.Flatten(),
            nn.Linear(known.head, dataset.classes),
        )

    def forward(self, images: Tensor) -> Tensor:
        """Return logits ``(n, classes)``."""
        maps = self.layers((self.stem(images),))
        size = maps[-1].shape[2:]
        resized = [functional.interpolate(part, size, mode="bilinear") for part in maps[:-1]]
        logits: Tensor = self.head(torch.cat([*resized, maps[-1]], dim=1))
        return logits


def _conv_norm(
    channels_in: int, channels_out: int, *, kernel: int = 3, stride: int = 1
) -> list[nn.Module]:
    return [
        nn.Conv2d(
            channels_in, channels_out, kernel, stride=stride, padding=kernel // 2, bias=False
        ),
        nn.BatchNorm2d(channels_out),
    ]


def build(text: str, dataset: Dataset) -> nn.Module:
    """Build an untrained network for images of any size."""
    network = _Network(text, dataset)
    for module in network.modules():
        if isinstance(module, nn.Conv2d | nn.Linear):
            nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")
    return network
