"""Clocks: exclusive wall, processor and GPU time and peak memory of nested pieces of work."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from harness.core.cost import Cost

if TYPE_CHECKING:
    import torch

__all__ = ["Meter"]

_CLEAR_REFS = Path("/proc/self/clear_refs")
_STATUS = Path("/proc/self/status")


@dataclass(slots=True, kw_only=True)
class _Account:
    wall_s: float = 0.0
    cpu_s: float = 0.0
    peak_bytes: int | None = None
    events: list[tuple[torch.cuda.Event, torch.cuda.Event]] = field(default_factory=list)


class Meter:
    """Charges every moment to the innermost piece of work that is open.

    Time spent inside a nested piece is not charged to the outer one, so the cost of a pass is its
    own, whoever asked for it first. On a GPU the clocks are synchronised whenever the charged
    piece changes, except for pieces measured with ``memory=False``, which are short and many;
    these rely on CUDA events alone.
    """

    def __init__(self, device: torch.device, *, measures_memory: bool = True) -> None:
        self._measures_memory = measures_memory
        self._cuda = device.type == "cuda"
        self._device = device
        self._stack: list[str] = []
        self._accounts: dict[str, _Account] = {}
        self._wall = self._cpu = 0.0
        self._event: torch.cuda.Event | None = None

    @contextmanager
    def measure(self, name: str, *, memory: bool = True) -> Iterator[None]:
        """Charge the enclosed work to `name`."""
        self._switch(memory=memory)
        self._stack.append(name)
        try:
            yield
        finally:
            self._switch(memory=memory)
            self._stack.pop()

    def cost(self, name: str) -> Cost:
        """Return what was charged to `name` so far, without the counts of a pass."""
        account = self._accounts.get(name, _Account())
        gpu_s = None
        if self._cuda:
            import torch

            torch.cuda.synchronize(self._device)
            gpu_s = sum(start.elapsed_time(end) for start, end in account.events) / 1000
        return Cost(
            wall_s=account.wall_s, cpu_s=account.cpu_s, gpu_s=gpu_s, peak_bytes=account.peak_bytes
        )

    def _switch(self, *, memory: bool) -> None:
        if self._cuda and memory:
            import torch

            torch.cuda.synchronize(self._device)
        wall, cpu, event = time.perf_counter(), time.process_time(), self._mark()
        if self._stack:
            account = self._accounts.setdefault(self._stack[-1], _Account())
            account.wall_s += wall - self._wall
            account.cpu_s += cpu - self._cpu
            if event is not None and self._event is not None:
                account.events.append((self._event, event))
            if memory and self._measures_memory:
                peak = self._peak()
                account.peak_bytes = peak and max(peak, account.peak_bytes or 0)
        if memory and self._measures_memory:
            self._reset_peak()
        self._wall, self._cpu = time.perf_counter(), time.process_time()
        self._event = self._mark()

    def _mark(self) -> torch.cuda.Event | None:
        if not self._cuda:
            return None
        import torch

        event = torch.cuda.Event(enable_timing=True)  # type: ignore[no-untyped-call]
        event.record(torch.cuda.current_stream(self._device))
        return event

    def _peak(self) -> int | None:
        if self._cuda:
            import torch

            return torch.cuda.max_memory_allocated(self._device)
        try:
            line = next(x for x in _STATUS.read_text().splitlines() if x.startswith("VmHWM:"))
        except (OSError, StopIteration):
            return None
        return int(line.split()[1]) * 1024

    def _reset_peak(self) -> None:
        if self._cuda:
            import torch

            torch.cuda.reset_peak_memory_stats(self._device)
            return
        try:
            _CLEAR_REFS.write_text("5")
        except OSError:
            return
