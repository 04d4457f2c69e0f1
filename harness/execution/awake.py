"""Time limits that do not run while the machine sleeps."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

__all__ = ["AwakeClock"]

_LONGEST_S = 2.0
"""A watcher looks several times a second; a longer pause means that it slept itself."""


@dataclass(slots=True)
class AwakeClock:
    """Counts seconds between looks, but a long pause as a short one.

    The monotonic clock of Linux and macOS stops with the machine; that of Windows, and any clock
    while a process or a virtual machine is stopped, does not. Whoever was stopped together with
    its workers must not take the pause for their slowness.

    Attributes:
        now: Seconds of a monotonic clock.
    """

    now: Callable[[], float] = time.monotonic
    _last: float = field(init=False)

    def __post_init__(self) -> None:
        self._last = self.now()

    def elapsed_s(self) -> float:
        """Return the seconds since the last look, as far as this process was awake."""
        now = self.now()
        elapsed, self._last = now - self._last, now
        return min(elapsed, _LONGEST_S)
