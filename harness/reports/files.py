"""Writes a leaderboard in all its forms, each file at once or not at all."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from harness.core.files import csv_text, inside, write_at_once
from harness.evaluation import Leaderboard, TaskScores
from harness.reports.latex import latex
from harness.reports.markdown import markdown
from harness.reports.page import page
from harness.reports.standing_rows import paired_test_rows, standings_rows
from harness.reports.table import rows

__all__ = ["REMEDY", "file_stem", "write_reports"]

REMEDY = "choose another folder with --results"
"""What to do where a report cannot be written."""


def write_reports(
    leaderboard: Leaderboard, contests: Sequence[TaskScores], results: Path
) -> list[Path]:
    """Write all forms under ``leaderboards/SUITE`` and return their paths.

    Standings over tasks, and the tests of every two plugins, have files of their own.

    Args:
        leaderboard: What is written.
        contests: What its boards were ranked from, in their order; the page draws their scores.
        results: Results folder.

    Raises:
        InfrastructureError: The folder cannot be written.
    """
    stem = file_stem(leaderboard.edition)
    folder = results / "leaderboards" / leaderboard.suite
    contents = {
        folder / f"{stem}.md": markdown(leaderboard),
        folder / f"{stem}.csv": csv_text(rows(leaderboard)),
        folder / f"{stem}.json": json.dumps(rows(leaderboard), indent=1, allow_nan=False) + "\n",
        folder / f"{stem}.tex": latex(leaderboard),
        folder / f"{stem}.html": page(leaderboard, contests),
    }
    if leaderboard.standings:
        ranks, pairs = standings_rows(leaderboard), paired_test_rows(leaderboard)
        contents[folder / f"{stem}-standings.csv"] = csv_text(ranks)
        if pairs:
            contents[folder / f"{stem}-pairs.csv"] = csv_text(pairs)
    for path, content in contents.items():
        write_at_once(inside(results, path), content, REMEDY)
    return list(contents)


def file_stem(edition: str) -> str:
    """Return the name of an edition's files, without their ending."""
    return edition.replace("/", "-").replace("@", "-seed").replace(":", "-")
