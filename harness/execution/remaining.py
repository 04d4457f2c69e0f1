"""What a run still needs, from what it has taken so far."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from harness.records.record import ScoreRecord

__all__ = ["Estimator", "Remaining"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Remaining:
    """What is left of a run.

    Attributes:
        scores: Number of scores.
        wall_s: Seconds on the clock, at the mean pace since the first delivery.
        cpu_s: Seconds of processor time over all workers, passes and reductions together.
    """

    scores: int
    wall_s: float
    cpu_s: float

    def __str__(self) -> str:
        return f"{_duration(self.wall_s)} left, {self.processor_time}"

    @property
    def processor_time(self) -> str:
        """Processor time as text, e.g. ``"12 min of processor time"``."""
        return f"{_duration(self.cpu_s)} of processor time"


@dataclass(slots=True)
class Estimator:
    """Adds up what records took; the pace counts from the first one, so that starting does not.

    Attributes:
        scores: Number of scores that the run computes.
        now: Seconds of a monotonic clock.
    """

    scores: int
    now: Callable[[], float] = time.monotonic
    _done: int = field(default=0, init=False)
    _cpu_s: float = field(default=0.0, init=False)
    _first: tuple[float, int] | None = field(default=None, init=False)

    def add(self, record: ScoreRecord) -> None:
        """Take in a record; scores and passes both count as work."""
        self._done += len(record.scores)
        self._cpu_s += sum(cost.cpu_s for cost in record.passes.values())
        self._cpu_s += sum(score.cost.cpu_s for score in record.scores.values() if score.cost)
        if self._first is None:
            self._first = (self.now(), self._done)

    def remaining(self) -> Remaining:
        """Return what is left; no time as long as there is no pace."""
        left = self.scores - self._done
        start, before = self._first or (self.now(), 0)
        since = self._done - before
        return Remaining(
            scores=left,
            wall_s=left * (self.now() - start) / since if since else 0.0,
            cpu_s=left * self._cpu_s / self._done if self._done else 0.0,
        )


def _duration(seconds: float) -> str:
    """Return seconds as a person says them: 45 s, 12 min, 3.5 h."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    if seconds < 5400:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.1f} h"
