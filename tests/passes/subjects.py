"""A space of one architecture whose network the test chooses, and subjects of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import torch
from torch import nn

from harness.batches.source import Batch
from harness.core.architecture import Architecture, CellGraph, Dataset
from harness.passes.observation import Pass, Subject
from harness.passes.workbench import Workbench
from harness.plugin import ZeroCostProxy

ARCHITECTURE = Architecture(space="fixed", text="the-one")
SEED = 7


class FixedSpace:
    """Space of one architecture; `build` makes its network."""

    name = "fixed"
    size = 1
    subsets = ("all",)

    def __init__(self, build: Callable[[], nn.Module]) -> None:
        self._build = build

    def parse(self, text: str) -> Architecture:
        return ARCHITECTURE

    def enumerate(self, subset: str = "all") -> Iterator[Architecture]:
        yield ARCHITECTURE

    def sample(self, generator: object) -> Architecture:
        return ARCHITECTURE

    def neighbours(self, architecture: Architecture) -> tuple[Architecture, ...]:
        return ()

    def canonical(self, architecture: Architecture, kind: str = "computation") -> str:
        return architecture.text

    def graph(self, architecture: Architecture) -> CellGraph:
        return CellGraph(operations=("input", "output"), edges=((0, 1),))

    def network(self, architecture: Architecture, dataset: Dataset) -> nn.Module:
        return self._build()


def subject(
    build: Callable[[], nn.Module],
    inputs: torch.Tensor,
    labels: torch.Tensor,
    classes: int = 10,
    seed: int = SEED,
) -> Subject:
    """Return a subject whose network is what `build` returns."""
    shape = tuple(inputs.shape[1:])
    return Subject(
        architecture=ARCHITECTURE,
        space=FixedSpace(build),
        dataset=Dataset(name="fixed", shape=shape, classes=classes),
        batch=Batch(inputs=inputs, labels=labels),
        seed=seed,
        device=torch.device("cpu"),
    )


def images(count: int = 8, size: int = 8, seed: int = 0) -> tuple[torch.Tensor, torch.Tensor]:
    """Return noise images ``(count, 3, size, size)`` and labels of ten classes in turn."""
    generator = torch.Generator().manual_seed(seed)
    inputs = torch.randn((count, 3, size, size), generator=generator)
    return inputs, torch.arange(count) % 10


def bench(build: Callable[[], nn.Module], *requested: Pass[object], count: int = 8) -> Workbench:
    """Return a workbench on noise images."""
    return Workbench(subject(build, *images(count)), requested)


def value(on: Workbench, wanted: Pass[object]) -> object:
    """Return a pass's value as a proxy that declares it gets it."""
    return on.observation("test", (wanted,))[wanted]


def score(on: Workbench, proxy: ZeroCostProxy) -> object:
    """Return what a proxy says."""
    return proxy.score(on.observation(proxy.name, proxy.passes))


class SmallNetwork(nn.Sequential):
    """Convolution, batch norm, ReLU, convolution with bias, pool, linear."""

    def __init__(self) -> None:
        super().__init__(
            nn.Conv2d(3, 4, 3, padding=1, bias=False),
            nn.BatchNorm2d(4),
            nn.ReLU(),
            nn.Conv2d(4, 5, 3, stride=2, padding=1),
            nn.ReLU(),
            nn.AdaptiveAvgPool2d(1),
            nn.Flatten(),
            nn.Linear(5, 10),
        )
