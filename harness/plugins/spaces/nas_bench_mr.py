"""NAS-Bench-MR (Ding et al., CVPR 2022): networks of one to four branches, in the manner of HRNet.

Two convolutions of stride 2; four stages of one to four equal modules. A module fuses branches that
are neighbours in resolution, opens one more where a stage begins, and has one to four residual
blocks of two 3x3 convolutions on each branch. At the end all branches are resized to the lowest
resolution, joined by 1x1, averaged and classified. The 27 choices make about 10^28 networks, 2,507
of which were trained on nine tasks.

All tasks share the network up to its head; what is built here is that with the head of the image
tasks, the one that the published parameters and operations are those of. Weights are drawn as NCP
draws them. Networks are built for ``imagenet50-64``: at the 128 x 128 pixels of the published counts
they cost four times as much.
"""

from __future__ import annotations

import json

import torch
from torch import Tensor, nn
from torch.nn import functional

from harness.core.architecture import Dataset
from harness.space import SearchSpace
from harness.spaces import nas_bench_mr_notation as notation

__all__ = ["SPACE"]

_LOWEST = 32
"""Pixels of the image for one of the branch of lowest resolution."""

Maps = tuple[Tensor, ...]


class _Block(nn.Module):
    """Two 3x3 convolutions with a residual sum."""

    is_cell = True

    def __init__(self, channels: int) -> None:
        super().__init__()
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
        steps = list(notation.convolutions(len(before), len(after)))
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
            elif self.resizes:
                size = sums[target].shape[2:]
                sums[target] = sums[target] + functional.interpolate(
                    entering, size, mode="bilinear"
                )
            else:
                sums[target] = sums[target] + entering
        return tuple(fused or self._activated(sums))

    def _activated(self, sums: list[Tensor]) -> list[Tensor]:
        return [activate(one_sum) for activate, one_sum in zip(self.activations, sums, strict=True)]


class _Branches(nn.Module):
    """Blocks on each branch."""

    def __init__(self, branches: tuple[tuple[int, int], ...]) -> None:
        super().__init__()
        self.branches = nn.ModuleList(
            nn.Sequential(*(_Block(channels) for _ in range(blocks)))
            for blocks, channels in branches
        )

    def forward(self, maps: Maps) -> Maps:
        return tuple(branch(part) for branch, part in zip(self.branches, maps, strict=True))


class _Network(nn.Module):
    def __init__(self, text: str, dataset: Dataset) -> None:
        super().__init__()
        known = notation.resolution(text)
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


def _network(text: str, dataset: Dataset) -> nn.Module:
    network = _Network(text, dataset)
    for module in network.modules():
        if isinstance(module, nn.Conv2d | nn.Linear):
            nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")
    return network


def _parse(text: str) -> str:
    """Read a text of the space, or the JSON object of NCP and GenNAS."""
    if text.startswith("{"):
        return notation.text_of_fields(json.loads(text), "the architecture")
    return notation.CHOICES.parse(text)


SPACE = SearchSpace(
    name="nas-bench-mr",
    summary="NAS-Bench-MR: networks of up to four resolutions, about 10^28",
    network=_network,
    choices=notation.CHOICES,
    parse=_parse,
    columns={
        "parameters": lambda text: notation.counts(text)[0],
        "flops": lambda text: notation.counts(text)[1],
        "depth": lambda text: len(notation.resolution(text).modules),
        "width": lambda text: sum(width for _, width in notation.resolution(text).modules[-1]),
    },
    dataset="imagenet50-64",
    largest=notation.LARGEST,
)
