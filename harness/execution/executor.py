"""What an executor is, and those of one machine: this process, and a pool of worker processes."""

from __future__ import annotations

import logging
import weakref
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import groupby
from operator import attrgetter
from typing import Protocol

from harness.execution.scoring import Assignment, Scorer
from harness.execution.work import Delivery, Work, describe_machine, settle_work
from harness.execution.worker import WorkersUnavailableError
from harness.execution.worker_pool import WorkerPool
from harness.isolation import Confinement

__all__ = ["Executor", "InProcess", "LocalPool", "StandingPool"]

_LOG = logging.getLogger(__name__)

_STRANGERS: set[str] = set()
"""Plugins from outside that this process has scored by; what they changed may last."""


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
        ordered = sorted(assignments, key=attrgetter("outside"))
        _STRANGERS.update(filter(None, map(attrgetter("outside"), ordered)))
        alone = not _STRANGERS
        work = replace(work, environment=describe_machine(work.settings.device, 1, isolated=alone))
        for outside, group in groupby(ordered, key=attrgetter("outside")):
            settings, environment = settle_work(work.of(outside))
            scorer = Scorer(settings)
            for assignment in group:
                yield Delivery(environment=environment, records=(scorer.score(assignment),))


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalPool:
    """Scores in worker processes on this machine.

    Attributes:
        workers: Their number.
        confinement: What they may read; absent for whatever the user may.
    """

    workers: int
    confinement: Confinement | None = None

    @property
    def elsewhere(self) -> bool:
        """Never."""
        return False

    def score(self, work: Work, assignments: Iterable[Assignment]) -> Iterator[Delivery]:
        """Score every assignment; records come in the order in which they are ready.

        Plugins from outside have worker processes of their own. Where the system starts no process
        at all, this one scores, and one line of the log says so.

        Raises:
            InfrastructureError: Worker processes die, or cannot load a plugin.
        """
        waiting = list(assignments)
        work = replace(work, confinement=self.confinement)
        try:
            for outside, group in groupby(tuple(waiting), key=attrgetter("outside")):
                for delivery in self._score_apart(work.of(outside), group):
                    waiting.clear()
                    yield delivery
        except WorkersUnavailableError as error:
            if not waiting or self.confinement is not None:
                raise
            _LOG.warning("%s: scoring in this process, without limits of time and memory", error)
            yield from InProcess().score(work, waiting)

    def _score_apart(self, work: Work, assignments: Iterable[Assignment]) -> Iterator[Delivery]:
        pool = WorkerPool(work, self.workers)
        try:
            for record in pool.score(assignments):
                yield Delivery(environment=pool.environment, records=(record,))
        finally:
            pool.stop()


class StandingPool:
    """One worker process that lives on between calls, for who asks for one network after another.

    It serves runs of one condition and one group of plugins: those of the first call. Where the
    system starts no process at all, this one scores, and one line of the log says so.
    """

    def __init__(self) -> None:
        self._pool: WorkerPool | None = None
        self._here: InProcess | None = None

    @property
    def workers(self) -> int:
        """One."""
        return 1

    @property
    def elsewhere(self) -> bool:
        """Never."""
        return False

    def score(self, work: Work, assignments: Iterable[Assignment]) -> Iterator[Delivery]:
        """Score every assignment; records come in the order in which they are ready.

        Raises:
            InfrastructureError: The worker process dies, or cannot load a plugin.
        """
        if self._pool is None and self._here is None:
            self._start(work)
        if self._here is not None:
            yield from self._here.score(work, assignments)
        elif self._pool is not None:
            for record in self._pool.score(assignments):
                yield Delivery(environment=self._pool.environment, records=(record,))

    def _start(self, work: Work) -> None:
        pool = WorkerPool(work, 1)
        try:
            pool.start()
        except WorkersUnavailableError as error:
            _LOG.warning("%s: scoring in this process, without limits of time and memory", error)
            self._here = InProcess()
        else:
            self._pool = pool
            weakref.finalize(self, pool.stop)
