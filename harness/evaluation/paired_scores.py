"""Two contenders on the architectures that both scored."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from harness.core.aggregation import average_ranks
from harness.core.errors import UsageError
from harness.core.outcome import Outcome, Scored
from harness.evaluation.comparison import CostRatio, Disagreement
from harness.evaluation.failures import count_failures, failures_text
from harness.evaluation.method_scores import Contender
from harness.evaluation.task_scores import Contest
from harness.metrics.values import FloatArray, Undefined
from harness.records.environment import Environment
from harness.truth.table import TruthTable

__all__ = ["Meeting", "meet"]

_OWN_PACKAGE = "nas-proxy-harness"

Environments = Mapping[str, Environment]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Meeting:
    """Two contenders with their scores on the architectures of a task that both scored.

    Attributes:
        truth: Truth of the task, as it gives it.
        texts: The common architectures.
        target: Their truth, shape ``(n,)``, higher is better.
        scores: Both scores, each of shape ``(n,)``, higher is better.
        only_first: Architectures with truth that the first alone scored.
        only_second: Likewise.
    """

    first: Contender
    second: Contender
    truth: TruthTable
    texts: tuple[str, ...]
    target: FloatArray
    scores: tuple[FloatArray, FloatArray]
    only_first: int
    only_second: int

    def disagreements(self, most: int) -> tuple[Disagreement, ...]:
        """Return the architectures with the largest differences of places, largest first."""
        first, second = (average_ranks(-scores) for scores in self.scores)
        order = np.lexsort((np.array(self.texts), -np.abs(first - second)))
        return tuple(
            Disagreement(
                architecture=self.texts[row],
                first=float(first[row]),
                second=float(second[row]),
                truth=self.truth.values[self.texts[row]],
            )
            for row in order[:most]
            if first[row] != second[row]
        )

    def cost_ratio(self, first: Environments, second: Environments) -> CostRatio | Undefined:
        """Return how much longer the first took, given the environments of both sides.

        The commit of the harness may differ: what changed with it is what one wants to know.
        """
        seconds: list[tuple[float, float]] = []
        for text in self.texts:
            one, other = self.first.expenses.get(text), self.second.expenses.get(text)
            if one is None or other is None:
                continue
            if not _equal(one.environment, other.environment, (first, second)):
                return Undefined(reason="not comparable: different machines or package versions")
            seconds.append((one.cost.wall_s, other.cost.wall_s))
        if not seconds:
            return Undefined(reason="no architecture has a cost of both")
        ours, theirs = np.median(np.array(seconds), axis=0)
        if theirs <= 0:
            return Undefined(reason="the second took no time that the clock can tell")
        return CostRatio(value=float(ours / theirs), n=len(seconds))


def meet(first: Contest, second: Contest, names: tuple[str, str]) -> Meeting | None:
    """Join two contenders on the architectures that both scored; None where one is absent.

    Raises:
        UsageError: There is no such architecture.
    """
    one, other = _find(first, names[0]), _find(second, names[1])
    if one is None or other is None:
        return None
    ours, theirs = _scored(first, one), _scored(second, other)
    texts = tuple(text for text in ours if text in theirs)
    if not texts:
        raise UsageError(
            f"{names[0]} and {names[1]} have no architecture in common on {first.truth.task}: the "
            f"first scored {len(ours)}{_failed(first, one)}, the second "
            f"{len(theirs)}{_failed(second, other)}; score the same population with harness run"
        )
    target = dict(zip(first.known, first.target.tolist(), strict=True))
    return Meeting(
        first=one,
        second=other,
        truth=first.truth,
        texts=texts,
        target=np.array([target[text] for text in texts]),
        scores=(
            one.scores([ours[text] for text in texts]),
            other.scores([theirs[text] for text in texts]),
        ),
        only_first=len(ours) - len(texts),
        only_second=len(theirs) - len(texts),
    )


def _find(contest: Contest, name: str) -> Contender | None:
    return next((one for one in contest.contenders if one.name == name), None)


def _scored(contest: Contest, contender: Contender) -> dict[str, Scored]:
    outcomes: dict[str, Outcome | None] = {
        text: contender.outcomes.get(text) for text in contest.known
    }
    return {text: one for text, one in outcomes.items() if isinstance(one, Scored)}


def _failed(contest: Contest, contender: Contender) -> str:
    failures = count_failures(contender.outcomes.get(text) for text in contest.known)
    return f" ({failures_text(failures)})" if failures else ""


def _equal(first: str, second: str, known: tuple[Environments, Environments]) -> bool:
    if first == second:
        return True
    one, other = known[0].get(first), known[1].get(second)
    return one is not None and other is not None and _machine(one) == _machine(other)


def _machine(environment: Environment) -> Environment:
    packages = {name: one for name, one in environment.packages.items() if name != _OWN_PACKAGE}
    return environment.model_copy(update={"commit": None, "packages": packages})
