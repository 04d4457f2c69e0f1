"""Writes summaries of searches as CSV and JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from harness.core.files import csv_text, write_at_once
from harness.learning.files import REMEDY
from harness.search.summary import SearchSummary
from harness.search.tables import flat

__all__ = ["write_searches"]


def write_searches(
    task: str, summaries: Sequence[SearchSummary], share: float, results: Path
) -> list[Path]:
    """Write both forms into ``searches/TASK`` and return their paths.

    Raises:
        InfrastructureError: The folder cannot be written.
    """
    rows = [{"task": task, "best": share, **flat(one)} for one in summaries]
    stem = f"{summaries[0].repeats}x{summaries[0].at[-1]}"
    folder = results / "searches" / Path(task).stem
    contents = {
        folder / f"{stem}.csv": csv_text(rows),
        folder / f"{stem}.json": json.dumps(rows, indent=1, allow_nan=False) + "\n",
    }
    for path, content in contents.items():
        write_at_once(path, content, REMEDY)
    return list(contents)
