"""How failures are written: their number by kind, and beside it the reason of the first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from harness.evaluation import Board, Entry, FailureCount, OverSeeds, failures_text
from harness.reports.report_table import shortened

__all__ = ["LONGEST_NOTE", "board_notes", "failure_cell", "failure_notes", "kinds_with_reasons"]

LONGEST_NOTE = 300
"""Characters of a text on a line of its own, in the terminal and on the page."""


def kinds_with_reasons(failures: Mapping[str, FailureCount]) -> list[str]:
    """Return one text a kind, e.g. ``12 raised: KeyError: 'conv'``."""
    return [f"{failure.count} {kind}: {failure.reason}" for kind, failure in failures.items()]


def failure_cell(failures: Mapping[str, FailureCount]) -> str:
    """Return failures for programs, e.g. ``raised:12 (KeyError: 'conv') timeout:1 (...)``."""
    return " ".join(
        f"{kind}:{failure.count} ({failure.reason})" for kind, failure in failures.items()
    )


def failure_notes(entries: Sequence[Entry] | Sequence[OverSeeds]) -> list[str]:
    """Return sentences on what a cell does not say in full.

    These are why plugins have no score at all, and reasons that are too long for a cell.
    """
    notes = []
    for entry in entries:
        texts = kinds_with_reasons(entry.failures)
        if not entry.scored and texts:
            notes.append(f"{entry.plugin} has no score: {failures_text(entry.failures)}.")
        else:
            notes += [f"{entry.plugin}: {text}." for text in texts if shortened(text) != text]
    return notes


def board_notes(boards: Sequence[Board]) -> list[str]:
    """Return one line a plugin and its failures, for the terminal.

    Tasks of the same architectures have the same failures, which are said once.
    """
    lines: dict[str, list[str]] = {}
    for board in boards:
        for entry in board.entries:
            if entry.failures:
                text = (
                    f"{entry.plugin} {entry.scored}/{entry.drawn}, {failures_text(entry.failures)}"
                )
                lines.setdefault(text, []).append(board.truth.task)
    return [
        shortened(text, LONGEST_NOTE)
        + ("" if len(tasks) == len(boards) else f" ({', '.join(tasks)})")
        for text, tasks in lines.items()
    ]
