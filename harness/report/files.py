"""Writes a leaderboard in all its forms, each file at once or not at all."""

from __future__ import annotations

import csv
import io
import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from harness.core.errors import InfrastructureError
from harness.evaluation import Contest, Leaderboard
from harness.report.latex import latex
from harness.report.markdown import markdown
from harness.report.page import page
from harness.report.standing_rows import paired_test_rows, standings_rows
from harness.report.table import Cell, columns, rows

__all__ = ["write_reports"]


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
        folder / f"{stem}.csv": _csv(columns(leaderboard), rows(leaderboard)),
        folder / f"{stem}.json": json.dumps(rows(leaderboard), indent=1, allow_nan=False) + "\n",
        folder / f"{stem}.tex": latex(leaderboard),
        folder / f"{stem}.html": page(leaderboard, contests),
    }
    if leaderboard.standings:
        ranks, pairs = standings_rows(leaderboard), paired_test_rows(leaderboard)
        contents[folder / f"{stem}-standings.csv"] = _csv(list(ranks[0]), ranks)
        if pairs:
            contents[folder / f"{stem}-pairs.csv"] = _csv(list(pairs[0]), pairs)
    for path, content in contents.items():
        _write(path, content)
    return list(contents)


def _csv(heads: Sequence[str], content: Sequence[Mapping[str, Cell]]) -> str:
    stream = io.StringIO()
    writer = csv.DictWriter(stream, heads, lineterminator="\n")
    writer.writeheader()
    writer.writerows(content)
    return stream.getvalue()


def _write(path: Path, content: str) -> None:
    temporary = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary.write_text(content, encoding="utf-8")
        temporary.replace(path)
    except OSError as error:
        raise InfrastructureError(
            f"cannot write {path}: {error.strerror}; choose another folder with --results"
        ) from error
