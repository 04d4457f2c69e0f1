"""A leaderboard as Markdown."""

from __future__ import annotations

from collections.abc import Sequence
from typing import assert_never

from harness.evaluation import Board, ComputedScores, Entry, Leaderboard, PublishedScores
from harness.report.wording import board_title, cells, heads, number

__all__ = ["markdown"]


def markdown(leaderboard: Leaderboard) -> str:
    """Return the leaderboard as a Markdown page: one table a task, incomplete entries apart."""
    parts = [
        f"# Leaderboard of {leaderboard.suite}",
        f"Population {leaderboard.population}: {leaderboard.population_size} architectures, "
        f"digest `{leaderboard.population_digest}`. {_provenance(leaderboard)}",
        f"Brackets hold {leaderboard.level:.0%} intervals from {leaderboard.resamples} paired "
        f"bootstrap resamples of the architectures. Scores count as higher is better after each "
        f"plugin's declared direction. Ties at best@k and regret@k are broken at random in "
        f"expectation. {_costs(leaderboard)}",
    ]
    for board in leaderboard.boards:
        parts += _board(leaderboard, board)
    return "\n\n".join(parts) + "\n"


def _provenance(leaderboard: Leaderboard) -> str:
    origin = leaderboard.provenance
    match origin:
        case ComputedScores():
            return (
                f"Batch {origin.batch}, seed {leaderboard.seed}, device {origin.device}, "
                f"condition `{origin.condition}`."
            )
        case PublishedScores():
            return (
                f"Scores as published in {', '.join(origin.sources)}, "
                f"bootstrap seed {leaderboard.seed}."
            )
        case _:
            assert_never(origin)


def _costs(leaderboard: Leaderboard) -> str:
    match leaderboard.provenance:
        case ComputedScores():
            return "Times are medians per network, shared passes included."
        case PublishedScores():
            return "Scores that the publisher stored as failed are counted and left out."
        case _:
            assert_never(leaderboard.provenance)


def _board(leaderboard: Leaderboard, board: Board) -> list[str]:
    complete = [one for one in board.entries if one.scored == one.drawn]
    incomplete = [one for one in board.entries if one.scored < one.drawn]
    facts = f"{board.drawn} architectures with ground truth, best {number(board.best)}"
    ceiling = board.truth.noise_ceiling
    if ceiling is not None:
        facts += f", noise ceiling (run-to-run Spearman) {number(ceiling)}"
    parts = [f"## {board_title(board)}", f"{facts}, digest `{board.truth.digest}`."]
    if complete:
        parts.append(_table(leaderboard, complete))
    if incomplete:
        parts += [
            "Incomplete: these scored only a part, so their values are of another population.",
            _table(leaderboard, incomplete),
        ]
    return parts


def _table(leaderboard: Leaderboard, entries: Sequence[Entry]) -> str:
    titles = heads(leaderboard)
    lines = [titles, ["---", *["---:"] * (len(titles) - 1)]]
    lines += [[_escape(cell) for cell in cells(leaderboard, one)] for one in entries]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _escape(text: str) -> str:
    return text.replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;").replace("\n", " ")
