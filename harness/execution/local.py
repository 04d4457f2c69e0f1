"""The executor of one machine: a pool of supervised worker processes."""

from __future__ import annotations

import logging
import weakref
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter

from harness.execution.executor import InProcess
from harness.execution.scoring import Assignment
from harness.execution.work import Delivery, Work
from harness.execution.worker import WorkersUnavailableError
from harness.execution.worker_pool import Crew

__all__ = ["LocalPool", "StandingPool"]

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalPool:
    """Scores in worker processes on this machine.

    Attributes:
        workers: Their number.
    """

    workers: int

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
        try:
            for outside, group in groupby(tuple(waiting), key=attrgetter("outside")):
                for delivery in self._score_apart(work.of(outside), group):
                    waiting.clear()
                    yield delivery
        except WorkersUnavailableError as error:
            if not waiting:
                raise
            _LOG.warning("%s: scoring in this process, without limits of time and memory", error)
            yield from InProcess().score(work, waiting)

    def _score_apart(self, work: Work, assignments: Iterable[Assignment]) -> Iterator[Delivery]:
        crew = Crew(work, self.workers)
        try:
            for record in crew.score(assignments):
                yield Delivery(environment=crew.environment, records=(record,))
        finally:
            crew.stop()


class StandingPool:
    """One worker process that lives on between calls, for who asks for one network after another.

    It serves runs of one condition and one group of plugins: those of the first call.
    """

    def __init__(self) -> None:
        self._crew: Crew | None = None

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
            InfrastructureError: The worker process cannot be started.
        """
        if self._crew is None:
            self._crew = Crew(work, 1)
            weakref.finalize(self, self._crew.stop)
        for record in self._crew.score(assignments):
            yield Delivery(environment=self._crew.environment, records=(record,))
