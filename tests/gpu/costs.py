"""Are clocks and memory of the device measured as they are, and what if memory runs out?"""

from __future__ import annotations

import resource
from collections import defaultdict
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path

import psutil
import torch

from harness.core.cost import Cost
from harness.core.outcome import Failed
from harness.passes.meter import Meter
from tests.gpu.bench import Bench, records
from tests.gpu.figures import Events, Memory, OutOfMemory, PassTime, Peak

__all__ = ["events", "memory", "out_of_memory"]

_QUARTER_GIB = 2**28


def out_of_memory(bench: Bench) -> Iterator[OutOfMemory]:
    """Score three networks, of which the second may take only 256 MiB more than are in use."""
    figures = OutOfMemory()
    scored = records(bench, ("grad_norm",), images=bench.size(512, 128), cells=3)
    for number in range(3):
        with _little_memory(bench) if number == 1 else nullcontext():
            record = next(scored)
        (score,) = record.scores.values()
        outcome = score.result()
        figures.outcomes.append(outcome.kind if isinstance(outcome, Failed) else "scored")
        if isinstance(outcome, Failed):
            figures.reason = outcome.reason
        if number == 1 and bench.on_gpu:
            figures.kept_bytes = torch.cuda.memory_reserved() - torch.cuda.memory_allocated()
        yield figures


def _little_memory(bench: Bench) -> AbstractContextManager[None]:
    return _little_memory_of_gpu() if bench.on_gpu else _little_memory_of_process()


@contextmanager
def _little_memory_of_gpu() -> Iterator[None]:
    torch.cuda.empty_cache()
    total = torch.cuda.get_device_properties(0).total_memory
    allowed = torch.cuda.memory_reserved() + _QUARTER_GIB
    torch.cuda.set_per_process_memory_fraction(allowed / total)
    try:
        yield
    finally:
        torch.cuda.set_per_process_memory_fraction(1.0)


@contextmanager
def _little_memory_of_process() -> Iterator[None]:
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    allowed = pages * resource.getpagesize() + _QUARTER_GIB
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (allowed, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


def memory(bench: Bench) -> Iterator[Memory]:
    """Measure the peak of a tensor of known size, and of passes by the size of the batch."""
    figures = Memory(asked_bytes=_QUARTER_GIB)
    if bench.on_gpu:
        before = torch.cuda.memory_allocated()
        meter = Meter(bench.torch_device)
        with meter.measure("tensor"):
            torch.ones(_QUARTER_GIB, dtype=torch.uint8, device=bench.torch_device)
        peak = meter.cost("tensor").peak_bytes
        figures.seen_bytes = None if peak is None else peak - before
    yield figures
    for images in (bench.size(64, 8), bench.size(256, 16), bench.size(1024, 32)):
        (record,) = records(bench, ("grad_norm", "jacov", "synflow"), images=images, cells=1)
        peaks = {name: cost.peak_bytes for name, cost in record.passes.items()}
        figures.peaks.append(Peak(images=images, bytes_by_pass=peaks))
        figures.resident_bytes = psutil.Process().memory_info().rss
        yield figures


def events(bench: Bench) -> Iterator[Events]:
    """Time passes of large batches, none of which watches the pass of another."""
    figures = Events(images=bench.size(1024 if _is_large(bench) else 256, 16))
    proxies = ("grad_norm", "grasp", "jacov", "synflow", "synflow_bn", "zen")
    scored = records(bench, proxies, images=figures.images, cells=bench.size(6, 3))
    next(scored)  # warms up
    costs: dict[str, list[Cost]] = defaultdict(list)
    start = bench.clock()
    for record in scored:
        figures.whole_s = bench.clock() - start
        figures.networks += 1
        for name, cost in record.passes.items():
            costs[name].append(cost)
        for key, score in record.scores.items():
            if score.cost is not None:
                costs[f"score:{key.partition(':')[0]}"].append(score.cost)
        figures.pieces = [_time(name, known) for name, known in costs.items()]
        yield figures


def _is_large(bench: Bench) -> bool:
    """Tell whether the graphs of a thousand images fit into memory."""
    return bench.on_gpu and torch.cuda.get_device_properties(0).total_memory > 2**36


def _time(name: str, costs: list[Cost]) -> PassTime:
    gpu = [cost.gpu_s for cost in costs if cost.gpu_s is not None]
    return PassTime(
        name=name,
        calls=len(costs),
        wall_s=sum(cost.wall_s for cost in costs),
        gpu_s=sum(gpu) if gpu else None,
    )
