"""Standings over tasks as a section of a Markdown page."""

from __future__ import annotations

from harness.core.pipe_table import pipe_table
from harness.evaluation import Leaderboard, Standings
from harness.reports.standing_wording import (
    scope_title,
    standing_cells,
    standing_heads,
    standing_sentences,
)

__all__ = ["standings_sections"]


def standings_sections(leaderboard: Leaderboard) -> list[str]:
    """Return the paragraphs of the standings; none where no scope has several tasks."""
    if not leaderboard.standings:
        return []
    parts = [
        "## Standings",
        "Mean ranks are over tasks, among the plugins that are complete on all of them; spaces "
        "weigh alike. Their intervals resample tasks, clustered by space. The tests count every "
        "task once and take tasks as independent, which those of one space are not.",
    ]
    for one in leaderboard.standings:
        parts += _scope(one, leaderboard.level)
    return parts


def _scope(standings: Standings, level: float) -> list[str]:
    parts = [f"### {scope_title(standings)}"]
    if standings.table:
        rows = [standing_cells(one) for one in standings.table]
        parts.append(pipe_table(standing_heads(standings, level), rows))
    return [*parts, *standing_sentences(standings)]
