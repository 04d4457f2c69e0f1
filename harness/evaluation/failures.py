"""Why scores are absent: how many outcomes of each kind are failures, and the first reason."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from harness.core.outcome import Failed, Outcome, Scored, Skipped

if TYPE_CHECKING:
    from harness.evaluation.method_scores import Contender

__all__ = [
    "SKIPPED",
    "FailureCount",
    "count_failures",
    "failed_everywhere",
    "failures_text",
    "failures_without_reasons",
]

SKIPPED = "skipped"
"""The kind of an outcome of a plugin that was not asked, e.g. because of the space."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FailureCount:
    """Outcomes without a score that are of one kind.

    Attributes:
        count: Their number, at least 1.
        reason: That of the first, in the order of the architectures and not of their scoring; one
            line of printable characters.
    """

    count: int
    reason: str


def count_failures(outcomes: Iterable[Outcome | None]) -> dict[str, FailureCount]:
    """Count the outcomes without a score by their kind, kinds in alphabetical order.

    Args:
        outcomes: In the order of the architectures; None where nobody asked, which is no failure.
    """
    counts: dict[str, FailureCount] = {}
    for outcome in outcomes:
        if outcome is None or isinstance(outcome, Scored):
            continue
        kind = SKIPPED if isinstance(outcome, Skipped) else str(outcome.kind)
        known = counts.get(kind)
        counts[kind] = (
            FailureCount(count=1, reason=_line(outcome.reason))
            if known is None
            else replace(known, count=known.count + 1)
        )
    return dict(sorted(counts.items()))


def failures_text(failures: Mapping[str, FailureCount]) -> str:
    """Write counts with their reasons, e.g. ``12 raised: KeyError: 'conv'``."""
    return "; ".join(f"{one.count} {kind}: {one.reason}" for kind, one in failures.items())


def failures_without_reasons(failures: Mapping[str, FailureCount]) -> str:
    """Write counts alone, e.g. ``12 raised, 1 timeout``."""
    return ", ".join(f"{one.count} {kind}" for kind, one in failures.items())


def failed_everywhere(
    contenders: Sequence[Contender], texts: Sequence[str]
) -> dict[str, dict[str, FailureCount]]:
    """Return the failures of the contenders that failed and have no score of any architecture.

    A contender that was never asked, or only skipped, did not fail.
    """
    found = {}
    for contender in contenders:
        outcomes = [contender.outcomes.get(text) for text in texts]
        failed = any(isinstance(one, Failed) for one in outcomes)
        if failed and not any(isinstance(one, Scored) for one in outcomes):
            found[contender.name] = count_failures(outcomes)
    return found


def _line(reason: str) -> str:
    """Put a reason on one line, without characters that would control a terminal."""
    words = " ".join(reason.split())
    shown = "".join(character if character.isprintable() else "\N{REPLACEMENT CHARACTER}"
                    for character in words)  # fmt: skip
    return shown or "no reason was given"
