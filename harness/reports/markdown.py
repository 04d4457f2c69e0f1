"""A leaderboard as Markdown."""

from __future__ import annotations

from collections.abc import Sequence
from typing import assert_never

from harness.core.pipe_table import escaped, pipe_table
from harness.evaluation import Board, ComputedScores, Entry, Leaderboard, PublishedScores
from harness.reports.failures import failure_notes
from harness.reports.standing_sections import standings_sections
from harness.reports.wording import (
    board_title,
    cells,
    heads,
    number,
    truth_notes,
    undefined_notes,
)

__all__ = ["markdown"]


def markdown(leaderboard: Leaderboard) -> str:
    """Return the leaderboard as a Markdown page: one table a task, incomplete entries apart."""
    parts = [
        f"# Leaderboard of {leaderboard.suite}",
        f"Brackets hold {leaderboard.level:.0%} intervals from {leaderboard.resamples} paired "
        f"bootstrap resamples of the architectures (seed {leaderboard.seed}). Scores count as "
        "higher is better after each plugin's declared direction. Ties at best@k and regret@k are "
        "broken at random in expectation. Places are among the plugins that scored everything.",
    ]
    parts += standings_sections(leaderboard)
    for board in leaderboard.boards:
        parts += _board(leaderboard, board)
    return "\n\n".join(parts) + "\n"


def _provenance(leaderboard: Leaderboard, board: Board) -> str:
    origin = board.provenance
    match origin:
        case ComputedScores():
            return (
                f"Scores computed with batch {origin.batch}, seed {leaderboard.seed}, on "
                f"{origin.device}, condition `{origin.condition}`; times are medians per network, "
                "shared passes included."
            )
        case PublishedScores():
            return (
                f"Scores as published in {', '.join(origin.sources)}; those that the publisher "
                "stored as failed are counted and left out."
            )
        case _:
            assert_never(origin)


def _board(leaderboard: Leaderboard, board: Board) -> list[str]:
    complete = [one for one in board.entries if one.scored == one.drawn]
    incomplete = [one for one in board.entries if one.scored < one.drawn]
    facts = (
        f"Population {board.population}: {board.population_size} architectures, digest "
        f"`{board.population_digest}`, of which {board.drawn} have ground truth, "
        f"best {number(board.best)}"
    )
    ceiling = board.truth.noise_ceiling
    if ceiling is not None:
        facts += f", noise ceiling (run-to-run Spearman) {number(ceiling)}"
    parts = [
        f"## {board_title(board)}",
        " ".join(
            [
                f"{facts}; truth `{board.truth.digest}`.",
                *truth_notes(board),
                _provenance(leaderboard, board),
            ]
        ),
    ]
    if complete:
        parts += _entries(leaderboard, board, complete)
    if incomplete:
        parts += [
            "Incomplete: these scored only a part, so their values are of another population.",
            *_entries(leaderboard, board, incomplete),
        ]
    return parts


def _entries(leaderboard: Leaderboard, board: Board, entries: Sequence[Entry]) -> list[str]:
    rows = [cells(leaderboard, board, one) for one in entries]
    notes = undefined_notes(leaderboard, entries)
    notes += [escaped(note) for note in failure_notes(entries)]
    return [pipe_table(heads(leaderboard, board), rows), *([" ".join(notes)] if notes else [])]
