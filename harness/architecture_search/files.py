"""Writes what searches came to as CSV and JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from harness.architecture_search.pick import Pick, Place
from harness.architecture_search.pick_tables import Cell, pick_row
from harness.architecture_search.summary import SearchSummary
from harness.architecture_search.tables import flat
from harness.core.files import csv_text, write_at_once
from harness.learning.files import REMEDY
from harness.metrics.values import Undefined

__all__ = ["write_picks", "write_searches"]


def write_searches(
    task: str, summaries: Sequence[SearchSummary], share: float, asked: str, results: Path
) -> list[Path]:
    """Write both forms into ``searches/TASK`` and return their paths.

    Args:
        task: Name of the task.
        summaries: At least one.
        share: Which part of the table counts as the best.
        asked: Digest of what the searches depend on beside their names: another command must not
            write the same file.
        results: The results folder.

    Raises:
        InfrastructureError: The folder cannot be written.
    """
    rows = [{"task": task, "best": share, **flat(one)} for one in summaries]
    searchers = "-".join(dict.fromkeys(one.searcher for one in summaries))
    stem = f"{searchers}-{summaries[0].repeats}x{summaries[0].budget}-{asked}"
    return _written(results, task, stem, rows)


def write_picks(
    task: str, picks: Sequence[tuple[Pick, Place | Undefined]], asked: str, results: Path
) -> list[Path]:
    """Write both forms into ``searches/TASK``, named by algorithms and proxies; return the paths.

    Args:
        task: Name of the task.
        picks: At least one.
        asked: Digest of what the picks depend on beside these names and seeds.
        results: The results folder.

    Raises:
        InfrastructureError: The folder cannot be written.
    """
    rows = [{"task": task, **pick_row(*one)} for one in picks]
    searchers = "-".join(dict.fromkeys(one.searcher for one, _ in picks))
    guides = "-".join(dict.fromkeys(one.guide for one, _ in picks))
    seeds = [one.seed for one, _ in picks]
    stem = f"{searchers}--{guides}--seeds{min(seeds)}-{max(seeds)}-{asked}"
    return _written(results, task, stem, rows)


def _written(results: Path, task: str, stem: str, rows: Sequence[Mapping[str, Cell]]) -> list[Path]:
    folder = results / "searches" / Path(task).stem
    contents = {
        folder / f"{stem}.csv": csv_text(rows),
        folder / f"{stem}.json": json.dumps(rows, indent=1, allow_nan=False) + "\n",
    }
    for path, content in contents.items():
        write_at_once(path, content, REMEDY)
    return list(contents)
