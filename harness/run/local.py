"""The executor of one machine: a pool of supervised worker processes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from harness.run.crew import Crew
from harness.run.scoring import Assignment
from harness.run.work import Delivery, Work

__all__ = ["LocalPool"]


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

        Raises:
            InfrastructureError: Workers cannot be started.
        """
        crew = Crew(work, self.workers)
        try:
            for record in crew.score(assignments):
                yield Delivery(environment=crew.environment, records=(record,))
        finally:
            crew.stop()
