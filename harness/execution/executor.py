"""What an executor is, and the simplest one: this process."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import groupby
from operator import attrgetter
from typing import Protocol

from harness.execution.machine import described, settled
from harness.execution.scoring import Assignment, Scorer
from harness.execution.work import Delivery, Work

__all__ = ["Executor", "InProcess"]


class Executor(Protocol):
    """Scores assignments somewhere.

    An executor never writes records: the one process that asked for them does. It reads
    assignments only as fast as it scores them, so that any number of them needs the memory of a
    few.
    """

    @property
    def workers(self) -> int:
        """Workers side by side on one machine; 1 for this process."""
        ...

    @property
    def elsewhere(self) -> bool:
        """Whether workers may run on other machines than this one."""
        ...

    def score(self, work: Work, assignments: Iterable[Assignment]) -> Iterator[Delivery]:
        """Score every assignment; deliveries come in the order in which they are ready.

        A plugin that hangs, dies or takes too much memory becomes a `Failed` of its own.

        Raises:
            InfrastructureError: Workers cannot be started, or all of them were lost.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class InProcess:
    """Scores in this process, one after the other; nothing can stop a plugin that hangs."""

    @property
    def workers(self) -> int:
        """One: this process."""
        return 1

    @property
    def elsewhere(self) -> bool:
        """Never."""
        return False

    def score(self, work: Work, assignments: Iterable[Assignment]) -> Iterator[Delivery]:
        """Score every assignment: plugins of this package first, then each one from outside."""
        work = replace(work, environment=described(work.settings.device, 1, isolated=False))
        ordered = sorted(assignments, key=attrgetter("outside"))
        for outside, group in groupby(ordered, key=attrgetter("outside")):
            settings, environment = settled(work.of(outside))
            scorer = Scorer(settings)
            for assignment in group:
                yield Delivery(environment=environment, records=(scorer.score(assignment),))
