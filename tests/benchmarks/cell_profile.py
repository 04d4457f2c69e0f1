"""What the passes of one cell compute and move, beside what this machine could at best.

Run alone: ``python tests/benchmarks/cell_profile.py [PROXY ...]`` prints, for the three cells of
the speed benchmark and one thread, a row a pass: processor seconds, arithmetic operations (of
convolutions and products of matrices, as torch counts them), bytes that its operators read and
write (every tensor once an operator, views not at all), and the share of peak arithmetic and of
peak bandwidth that follow. Peaks are those of a product of matrices and of a copy, measured in the
same run. Without a name it takes the thirteen classic proxies.

Operations and bytes are counted in a run of their own, since counting slows the operators down.
"""

from __future__ import annotations

import importlib
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from typing import TextIO

import torch
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils.flop_counter import FlopCounterMode

from harness.passes.allocator import keep_freed_memory
from harness.passes.observation import Pass, Subject, closure
from harness.passes.workbench import Workbench
from tests.benchmarks.one_by_one import THIRTEEN
from tests.benchmarks.test_shared_passes_speed import CELLS, _case

Counts = tuple[float, float, float]
"""Seconds, operations and bytes."""


class _Bytes(TorchDispatchMode):
    """Adds up the bytes of the tensors that operators are given and return."""

    def __init__(self) -> None:
        super().__init__()
        self.total = 0

    def __torch_dispatch__(
        self,
        func: Callable[..., object],
        types: Sequence[type],
        args: tuple[object, ...] = (),
        kwargs: Mapping[str, object] | None = None,
    ) -> object:
        result = func(*args, **(kwargs or {}))
        given = {id(tensor): tensor for tensor in _tensors((args, tuple((kwargs or {}).values())))}
        returned = [tensor for tensor in _tensors(result) if id(tensor) not in given]
        storages = {tensor.untyped_storage().data_ptr() for tensor in given.values()}
        is_view = returned and all(
            tensor.untyped_storage().data_ptr() in storages for tensor in returned
        )
        if not is_view:
            tensors = [*given.values(), *returned]
            self.total += sum(tensor.numel() * tensor.element_size() for tensor in tensors)
        return result


def _tensors(value: object) -> list[torch.Tensor]:
    if isinstance(value, torch.Tensor):
        return [value]
    if isinstance(value, list | tuple):
        return [tensor for part in value for tensor in _tensors(part)]
    return []


def _in_order(bench: Workbench, passes: Sequence[Pass[object]], one: Callable[[str], None]) -> None:
    observation = bench.observation("profile", tuple(closure(passes)))
    for wanted in closure(passes):
        observation[wanted]
        one(wanted.name)


def _counted(subject: Subject, passes: Sequence[Pass[object]]) -> dict[str, tuple[float, float]]:
    counts: dict[str, tuple[float, float]] = {}
    seen = [0.0, 0.0]
    with _Bytes() as moved, FlopCounterMode(display=False) as flops:

        def one(name: str) -> None:
            now = [float(flops.get_total_flops()), float(moved.total)]
            counts[name] = (now[0] - seen[0], now[1] - seen[1])
            seen[:] = now

        _in_order(Workbench(subject, passes), passes, one)
    return counts


def profile(subject: Subject, passes: Sequence[Pass[object]]) -> dict[str, Counts]:
    """Return seconds, operations and bytes of every pass; what is nested is charged outside."""
    counted = _counted(subject, passes)
    seconds: dict[str, float] = {}
    seen = [time.process_time()]

    def one(name: str) -> None:
        now = time.process_time()
        seconds[name] = now - seen[0]
        seen[0] = now

    _in_order(Workbench(subject, passes), passes, one)
    return {name: (seconds[name], *counted[name]) for name in seconds}


def _best_rate(work: Callable[[], object], amount: float) -> float:
    rates: list[float] = []
    for _ in range(7):
        start = time.process_time()
        work()
        rates.append(amount / (time.process_time() - start))
    return max(rates)


def peaks() -> tuple[float, float]:
    """Return operations a second of a product of matrices, bytes a second of a copy."""
    side, length = 1536, 2**26
    left, right = torch.randn(side, side), torch.randn(side, side)
    source, target = torch.zeros(length), torch.empty(length)
    arithmetic = _best_rate(lambda: torch.mm(left, right), 2.0 * side**3)
    return arithmetic, _best_rate(lambda: target.copy_(source), 8.0 * length)


def _print_table(
    title: str, counts: Mapping[str, Counts], peak: tuple[float, float], out: TextIO
) -> None:
    out.write(
        f"{title}\n  {'pass':24} {'s':>7} {'GFLOP':>8} {'GB':>7} {'of peak':>8} {'moved':>7}\n"
    )
    whole = tuple(sum(column) for column in zip(*counts.values(), strict=True))
    shown = sorted(counts.items(), key=lambda item: -item[1][0])
    for name, (seconds, operations, moved) in [*shown, ("all", whole)]:
        if seconds < 0.005 * whole[0]:
            continue
        share, bandwidth = operations / seconds / peak[0], moved / seconds / peak[1]
        out.write(
            f"  {name:24} {seconds:7.3f} {operations / 1e9:8.2f} {moved / 1e9:7.2f} "
            f"{share:8.0%} {bandwidth:7.0%}\n"
        )


def main(names: Sequence[str], out: TextIO) -> None:
    """Print a table a cell."""
    torch.set_num_threads(1)
    keep_freed_memory()
    plugins = [
        importlib.import_module(f"harness.plugins.zero_cost.{name}").PLUGIN
        for name in names or THIRTEEN
    ]
    passes = [wanted for plugin in plugins for wanted in plugin.passes]
    peak = peaks()
    out.write(f"peaks: {peak[0] / 1e9:.0f} GFLOP/s, {peak[1] / 1e9:.1f} GB/s\n")
    for title, cell in CELLS.items():
        subject = _case(cell).subject
        profile(subject, passes)  # imports, and kernels that torch prepares
        _print_table(title, profile(subject, passes), peak, out)


if __name__ == "__main__":
    main(sys.argv[1:], sys.stdout)
