"""Writes summaries of searches as CSV and JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from harness.learning.files import write_at_once, written_csv
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
        folder / f"{stem}.csv": written_csv(rows),
        folder / f"{stem}.json": json.dumps(rows, indent=1, allow_nan=False) + "\n",
    }
    for path, content in contents.items():
        write_at_once(path, content)
    return list(contents)
