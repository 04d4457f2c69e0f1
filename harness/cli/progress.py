"""Progress of a run: a bar on a terminal, a line a minute anywhere else."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from harness.execution.remaining import Remaining

__all__ = ["scoring_bar"]

_EVERY_S = 60.0

Watchers = tuple[Callable[[int, int], None], Callable[["Remaining"], None]]


@contextmanager
def scoring_bar(suite: str) -> Iterator[Watchers]:
    """Show how far a run is, and what it still needs, on standard error.

    Yields:
        What to call with architectures done and to do, and what to call with the rest.
    """
    from harness.cli.output import progress_bar, say

    if not sys.stderr.isatty():
        yield _lines(suite, say)
        return
    with progress_bar(f"scoring {suite}") as update:
        seen = _Seen()

        def left(rest: Remaining) -> None:
            update(seen.done, seen.total, f"· {rest.processor_time}")

        def done(finished: int, total: int) -> None:
            seen.done, seen.total = finished, total
            update(finished, total)

        yield done, left


@dataclass(slots=True)
class _Seen:
    done: int = 0
    total: int = 0
    told: float = field(default_factory=time.monotonic)


def _lines(suite: str, say: Callable[[str], None]) -> Watchers:
    """Return watchers for batch jobs, whose output is a file."""
    seen = _Seen()

    def done(finished: int, total: int) -> None:
        seen.done, seen.total = finished, total

    def left(rest: Remaining) -> None:
        if time.monotonic() - seen.told >= _EVERY_S:
            seen.told = time.monotonic()
            say(f"scoring {suite}: {seen.done} of {seen.total} architectures; {rest}")

    return done, left
