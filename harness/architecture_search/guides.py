"""What tells a search which architecture to query next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from harness.architecture_search.problem import Problem
from harness.core.errors import UsageError
from harness.evaluation import MethodScores, TaskScores
from harness.metrics.values import FloatArray

__all__ = ["Fixed", "Guide", "Unguided"]


class Guide(Protocol):
    """Ranks all architectures of a problem, knowing what was queried so far."""

    @property
    def name(self) -> str:
        """Name in reports."""
        ...

    def outdated(self, asked_at: int, queried: int) -> bool:
        """Say whether it would answer otherwise than when it was last asked.

        Args:
            asked_at: Number of queries when it was.
            queried: Number of queries now.
        """
        ...

    def scores(self, queried: Mapping[int, float], seed: int) -> FloatArray | None:
        """Return one score an architecture, shape ``(n,)``, higher is better.

        None where the guide knows nothing (yet): the search then picks at random.

        Args:
            queried: Values by number of architecture; all that a guide may learn from.
            seed: Seed of a guide that draws.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Unguided:
    """Knows nothing."""

    name: str = "none"

    def outdated(self, asked_at: int, queried: int) -> bool:
        """Return False: it never knows."""
        return False

    def scores(self, queried: Mapping[int, float], seed: int) -> FloatArray | None:
        """Return None."""
        return None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Fixed:
    """Scores that do not depend on queries, such as a zero-cost proxy's.

    Attributes:
        values: Shape ``(n,)``, higher is better; minus infinity where there is no score: such an
            architecture is recommended last.

    Raises:
        UsageError: More than half of the scores are missing, or one is not a number.
    """

    name: str
    values: FloatArray

    def __post_init__(self) -> None:
        import numpy as np

        missing = int((~np.isfinite(self.values)).sum())
        if 2 * missing > self.values.size or bool((np.isnan(self.values)).any()):
            raise UsageError(
                f"guide {self.name} has no score of {missing} of {self.values.size} architectures; "
                "score them first, or choose a guide that covers the task"
            )

    @classmethod
    def of(cls, problem: Problem, task: TaskScores, method: MethodScores) -> Fixed:
        """Take the scores that a method has of the architectures of a problem.

        Raises:
            UsageError: It has scores of fewer than half of them.
        """
        import numpy as np

        scores = task.scores_by_text(method)
        values = [scores.get(each.text, -np.inf) for each in problem.architectures]
        return cls(name=method.name, values=np.array(values))

    def outdated(self, asked_at: int, queried: int) -> bool:
        """Return False: scores stay."""
        return False

    def scores(self, queried: Mapping[int, float], seed: int) -> FloatArray | None:
        """Return the scores."""
        return self.values
