"""What all steps share: the device, sizes, a clock, and how cells are scored."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import torch

from harness.api.choice import choose
from harness.catalog import LoadedProxy
from harness.execution.execute import execute, plan_work
from harness.execution.executor import InProcess
from harness.execution.run import Options, Run, open_run
from harness.execution.scoring import Assignment
from harness.records.record import ScoreRecord
from harness.suite import BatchSettings, Suite, load_suite
from tests.gpu.figures import Figures

__all__ = ["CHECKOUT", "SUITE", "Bench", "Step", "records", "scored", "thirteen"]

CHECKOUT = Path(__file__).parents[2]
SUITE = Path(__file__).with_name("suite.toml")


@dataclass(frozen=True, kw_only=True)
class Bench:
    """What a step is told.

    Attributes:
        device: ``"cpu"`` or ``"cuda"``.
        small: Whether sizes are those of a test.
        folder: For results of the step.
        clock: Seconds of a monotonic clock.
        workers: Worker processes of the step `run`.
    """

    device: str
    small: bool
    folder: Path
    clock: Callable[[], float]
    workers: int = 1

    @property
    def on_gpu(self) -> bool:
        """Whether there are figures of CUDA."""
        return self.device == "cuda"

    @property
    def torch_device(self) -> torch.device:
        """The device as torch knows it."""
        return torch.device(self.device)

    def size(self, whole: int, small: int) -> int:
        """Return a size."""
        return small if self.small else whole


Step: TypeAlias = Callable[[Bench], Iterator[Figures]]
"""What it yields last is what it has measured so far: a step that is cut off has figures too."""


def thirteen(images: int) -> Suite:
    """Return the suite of the thirteen proxies of NAS-Bench-Suite-Zero, on so many images."""
    return load_suite(str(SUITE)).changed(batch=BatchSettings(source="noise", size=images))


def scored(
    suite: Suite,
    proxies: Sequence[str],
    options: Options,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Run:
    """Score cells in worker processes, as ``harness run`` does."""
    run = open_run(suite, choose(LoadedProxy, proxies, "--plugin"), options)
    execute(run, options, progress)
    return run


def records(
    bench: Bench, proxies: Sequence[str], *, images: int, cells: int
) -> Iterator[ScoreRecord]:
    """Score cells in this process, and yield the records, which hold the cost of each pass."""
    suite = thirteen(images).changed(sample=max(cells, 2))
    options = Options(results=bench.folder, device=bench.device)
    run = open_run(suite, choose(LoadedProxy, proxies, "--plugin"), options)
    assignments = [
        Assignment(architecture=architecture, plugins=tuple(proxies))
        for architecture in run.population.architectures[:cells]
    ]
    for delivery in InProcess().score(plan_work(run, options, InProcess()), assignments):
        yield from delivery.records
