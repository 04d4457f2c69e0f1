"""What the harness asks of `torch.cuda`, answered by a clock of the test's own.

Tensors stay on the processor. What a GPU is given to do is `queued`: it takes that long from there
on, while the processor goes on at once, until it synchronises.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field

import pytest
import torch


@dataclass
class PretendedCuda:
    """A clock, and the queue of a GPU.

    Attributes:
        now_s: Seconds since the start.
        peak_bytes: What the most memory is said to have been.
        emptied: How often the cache of freed memory was given back.
    """

    now_s: float = 0.0
    peak_bytes: int = 0
    emptied: int = 0
    _done_s: float = field(default=0.0)

    def work(self, seconds: float) -> None:
        """Let the processor work."""
        self.now_s += seconds

    def queue(self, seconds: float) -> None:
        """Give the GPU something to do."""
        self._done_s = max(self._done_s, self.now_s) + seconds

    def synchronize(self, device: object = None) -> None:
        self.now_s = max(self.now_s, self._done_s)

    def reached_s(self) -> float:
        """Return when the GPU has done what it was given so far."""
        return max(self.now_s, self._done_s)

    def reset_peak_memory_stats(self, device: object = None) -> None:
        self.peak_bytes = 0

    def empty_cache(self) -> None:
        self.emptied += 1

    def install(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Put it in the place of `torch.cuda` and of the clocks of the system."""
        cuda = self

        class Event:
            def __init__(self, *, enable_timing: bool) -> None:
                assert enable_timing

            def record(self, stream: object) -> None:
                self.at_s = cuda.reached_s()

            def elapsed_time(self, end: Event) -> float:
                assert cuda.now_s >= end.at_s, "asked before the GPU was there"
                return 1000 * (end.at_s - self.at_s)

        replaced = {
            "synchronize": self.synchronize,
            "Event": Event,
            "current_stream": lambda device=None: None,
            "max_memory_allocated": lambda device=None: self.peak_bytes,
            "reset_peak_memory_stats": self.reset_peak_memory_stats,
            "empty_cache": self.empty_cache,
            "get_rng_state": lambda device=None: torch.zeros(16, dtype=torch.uint8),
            "set_rng_state": lambda state, device=None: None,
        }
        for name, value in replaced.items():
            monkeypatch.setattr(torch.cuda, name, value)
        for name in ("perf_counter", "process_time"):
            monkeypatch.setattr(time, name, lambda: self.now_s)
