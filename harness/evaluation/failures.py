"""Why scores are absent: how many outcomes of each kind are failures, and the first reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from harness.core.outcome import Failed, Skipped
from harness.records.columns import FAILED, SCORED, MethodColumn

if TYPE_CHECKING:
    from harness.evaluation.method_scores import MethodScores

__all__ = [
    "SKIPPED",
    "FailureCount",
    "count_failures",
    "failed_everywhere",
    "failures_text",
    "failures_without_reasons",
    "kind_of",
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


def kind_of(outcome: Failed | Skipped) -> str:
    """Return the kind of an outcome without a score."""
    return SKIPPED if isinstance(outcome, Skipped) else str(outcome.kind)


def count_failures(*columns: MethodColumn) -> dict[str, FailureCount]:
    """Count the outcomes without a score by their kind, kinds in alphabetical order.

    Where nobody asked is no failure. Of several columns the counts are added up.
    """
    counts: dict[str, FailureCount] = {}
    for column in columns:
        rows = np.flatnonzero(column.reason >= 0)
        numbers, first, sizes = np.unique(
            column.reason[rows], return_index=True, return_counts=True
        )
        for position in np.argsort(first).tolist():
            outcome, size = column.reasons[numbers[position]], int(sizes[position])
            kind = kind_of(outcome)
            known = counts.get(kind)
            counts[kind] = (
                FailureCount(count=size, reason=_line(outcome.reason))
                if known is None
                else replace(known, count=known.count + size)
            )
    return dict(sorted(counts.items()))


def failures_text(failures: Mapping[str, FailureCount]) -> str:
    """Write counts with their reasons, e.g. ``12 raised: KeyError: 'conv'``."""
    return "; ".join(f"{known.count} {kind}: {known.reason}" for kind, known in failures.items())


def failures_without_reasons(failures: Mapping[str, FailureCount]) -> str:
    """Write counts alone, e.g. ``12 raised, 1 timeout``."""
    return ", ".join(f"{known.count} {kind}" for kind, known in failures.items())


def failed_everywhere(methods: Sequence[MethodScores]) -> dict[str, dict[str, FailureCount]]:
    """Return the failures of the methods that failed and have no score of any architecture.

    A method that was never asked, or only skipped, did not fail.
    """
    return {
        method.name: count_failures(method.column)
        for method in methods
        if (method.column.status == FAILED).any() and not (method.column.status == SCORED).any()
    }


def _line(reason: str) -> str:
    """Put a reason on one line, without characters that would control a terminal."""
    words = " ".join(reason.split())
    shown = "".join(character if character.isprintable() else "\N{REPLACEMENT CHARACTER}"
                    for character in words)  # fmt: skip
    return shown or "no reason was given"
