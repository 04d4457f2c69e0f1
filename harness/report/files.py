"""Writes a leaderboard in all its forms, each file at once or not at all."""

from __future__ import annotations

import csv
import io
import json
import os
from collections.abc import Sequence
from pathlib import Path

from harness.core.errors import InfrastructureError
from harness.evaluation import Contest, Leaderboard
from harness.report.latex import latex
from harness.report.markdown import markdown
from harness.report.page import page
from harness.report.table import columns, rows

__all__ = ["write_reports"]


def write_reports(
    leaderboard: Leaderboard, contests: Sequence[Contest], results: Path
) -> list[Path]:
    """Write all forms under ``leaderboards/SUITE`` and return their paths.

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
        folder / f"{stem}.csv": _csv(leaderboard),
        folder / f"{stem}.json": json.dumps(rows(leaderboard), indent=1, allow_nan=False) + "\n",
        folder / f"{stem}.tex": latex(leaderboard),
        folder / f"{stem}.html": page(leaderboard, contests),
    }
    for path, content in contents.items():
        _write(path, content)
    return list(contents)


def _csv(leaderboard: Leaderboard) -> str:
    stream = io.StringIO()
    writer = csv.DictWriter(stream, columns(leaderboard), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows(leaderboard))
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
