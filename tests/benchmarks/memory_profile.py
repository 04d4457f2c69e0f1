"""Memory of the process at its peak in each pass of one cell, and what is still held after it.

Run alone: ``python tests/benchmarks/memory_profile.py [--images N] [PROXY ...]`` prints, for the
three cells of the speed benchmark, a row a pass in which memory grows: MiB that the process holds
before the pass, once freed memory is returned to the system, at its peak, and after it. Without a
name it takes the thirteen classic proxies; 16 images unless told.

A pass is measured as a worker without ``--keep-memory`` does it.
"""

from __future__ import annotations

import importlib
import sys
from argparse import ArgumentParser
from collections.abc import Iterator, Sequence
from dataclasses import replace

import psutil
import torch

from harness.batches.source import Batch
from harness.passes.allocator import release_freed_memory
from harness.passes.observation import Pass, Subject, closure
from harness.passes.workbench import Workbench
from tests.benchmarks.one_by_one import THIRTEEN
from tests.benchmarks.test_shared_passes_speed import CELLS, _case

MIB = 2**20
GROWTH_MIB = 5.0
"""Passes in which memory grows by less have no row."""


def _resident() -> float:
    release_freed_memory()
    return float(psutil.Process().memory_info().rss) / MIB


def grown(subject: Subject, passes: Sequence[Pass[object]]) -> Iterator[tuple[str, float, float]]:
    """Yield, pass after pass, its name and the MiB of the process at its peak and after it."""
    bench = Workbench(subject, passes)
    observation = bench.observation("profile", closure(passes))
    for wanted in closure(passes):
        observation[wanted]
        peak = bench.meter.cost(wanted.name).peak_bytes
        yield wanted.name, float("nan") if peak is None else peak / MIB, _resident()


def _with_images(subject: Subject, images: int) -> Subject:
    generator = torch.Generator().manual_seed(0)
    inputs = torch.randn((images, 3, 32, 32), generator=generator)
    return replace(subject, batch=Batch(inputs=inputs, labels=torch.arange(images) % 10))


def main() -> None:
    """Print a table a cell."""
    parser = ArgumentParser(description="memory of each pass")
    parser.add_argument("--images", type=int, default=16)
    parser.add_argument("proxies", nargs="*", default=THIRTEEN)
    options = parser.parse_args()
    torch.set_num_threads(1)
    passes = [
        wanted
        for name in options.proxies
        for wanted in importlib.import_module(f"harness.plugins.zero_cost.{name}").PLUGIN.passes
    ]
    for title, cell in CELLS.items():
        subject = _with_images(_case(cell).subject, options.images)
        before = _resident()
        sys.stdout.write(f"{title}, {options.images} images\n  {'pass':24} before   peak  after\n")
        for name, peak, after in grown(subject, passes):
            if peak - before > GROWTH_MIB or after - before > GROWTH_MIB:
                sys.stdout.write(f"  {name:24} {before:6.0f} {peak:6.0f} {after:6.0f}\n")
            before = after


if __name__ == "__main__":
    main()
