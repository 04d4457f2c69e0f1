"""Writes a leaderboard in all its forms, each file at once or not at all."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from harness.core.files import csv_text, inside, write_at_once
from harness.evaluation import Contest, Leaderboard
from harness.report.latex import latex
from harness.report.markdown import markdown
from harness.report.page import page
from harness.report.standing_rows import paired_test_rows, standings_rows
from harness.report.table import rows

__all__ = ["write_reports"]

_REMEDY = "choose another folder with --results"


def write_reports(
    leaderboard: Leaderboard, contests: Sequence[Contest], results: Path
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
    stem = leaderboard.edition.replace("/", "-").replace("@", "-seed").replace(":", "-")
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
        write_at_once(inside(results, path), content, _REMEDY)
    return list(contents)
