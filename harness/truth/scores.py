"""Proxy scores that publishers computed, with their failures told apart from numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from harness.core.direction import Direction
from harness.core.errors import DataError
from harness.core.outcome import SCORE, Failed, FailureKind, Outcome, Scored
from harness.truth.reading import finite

__all__ = [
    "DIRECTION",
    "PROXIES",
    "SENTINEL",
    "ScoreLedger",
    "Scores",
    "as_outcomes",
    "without_failures",
]

PROXIES = (
    "epe_nas",
    "fisher",
    "flops",
    "grad_norm",
    "grasp",
    "jacov",
    "l2_norm",
    "nwot",
    "params",
    "plain",
    "snip",
    "synflow",
    "zen",
)
"""The thirteen proxies of NAS-Bench-Suite-Zero, as its files name them."""

DIRECTION = Direction.HIGHER
"""NAS-Bench-Suite-Zero ranks every proxy as stored, higher first; none is turned round here."""

SENTINEL = -1e8
"""What NAS-Bench-Suite-Zero stores where a proxy failed or was not finite."""

Scores = Mapping[str, Mapping[str, float]]
"""Name of a proxy, then text of an architecture, to the score."""


@dataclass(slots=True)
class ScoreLedger:
    """Collects the scores of one file.

    Attributes:
        where: Name of the file, for messages.
        scores: What was entered.
    """

    where: str
    scores: dict[str, dict[str, float]] = field(default_factory=dict)

    def add(self, proxy: str, text: str, value: object, place: str) -> None:
        """Enter one score.

        Raises:
            DataError: It is no finite number, or the second one of proxy and architecture.
        """
        number = finite(value, f"{self.where}, {place}")
        column = self.scores.setdefault(proxy, {})
        if text in column:
            raise DataError(
                f"{self.where}, {place}: architecture {text} has a second score of {proxy}"
            )
        column[text] = number


def without_failures(scores: Scores) -> Scores:
    """Return the scores without those that stand for a failure."""
    return {
        proxy: {text: score for text, score in column.items() if score != SENTINEL}
        for proxy, column in scores.items()
    }


def as_outcomes(scores: Scores) -> Mapping[str, Mapping[str, Outcome]]:
    """Return scores as outcomes; those that stand for a failure become one."""
    return {
        proxy: {text: _outcome(score) for text, score in column.items()}
        for proxy, column in scores.items()
    }


def _outcome(score: float) -> Outcome:
    if score == SENTINEL:
        return Failed(kind=FailureKind.UNEXPLAINED, reason=f"published as {SENTINEL:g}")
    return Scored(components={SCORE: score})
