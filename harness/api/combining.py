"""Rules that combine proxies, each judged on spaces whose labels it has not seen."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from harness.api.arguments import checked
from harness.api.choice import Plugins, path_of, require_number, text_items
from harness.api.results import Progress
from harness.api.running import steps
from harness.api.scored_tables import load_scored_tables
from harness.evaluation.leave_one_out import judge_rules
from harness.evaluation.paired_members import paired_members
from harness.reports.combination import CombinationTable, write_combination

__all__ = ["combine"]

_PAIR_RESAMPLES = 1000
"""Resamples of networks behind the interval of two proxies, as for a board."""


@checked
def combine(
    suites: str | Path | Sequence[str | Path] | None = None,
    *,
    published: str | Sequence[str] | None = None,
    plugins: Plugins | None = None,
    resamples: int = 10_000,
    seed: int = 0,
    results: Path | str = "results",
    data_dir: Path | str | None = None,
    progress: Progress | None = None,
) -> CombinationTable:
    """Judge rules that combine proxies, leaving one space out at a time; nothing is scored.

    See docs/combine.md for the protocol and the rules.

    Example:
        ``harness.combine(["pit", "nas-bench-bert", "mnasnet"])``

    Args:
        suites: Names of suites, or paths of their TOML files, whose stored scores are read. The
            first task of each is judged, on the networks that some proxy has scored.
        published: Tasks whose published scores are read instead of a suite's.
        plugins: Members, as for `harness.run`; when absent all zero-cost proxies of each suite but
            chance and those that combine others.
        resamples: Resamples of spaces behind an interval, 100 or more.
        seed: Seed of these.
        results: Folder of the stored scores, and for the tables.
        data_dir: With `published`: folder of ground truth, laid out as ``OWNER+NAME/PATH``.
        progress: Called with a `harness.api.results.Step` after every space.

    Returns:
        One row a rule and a proxy, best mean rank first, and the files written.

    Raises:
        UsageError: There are fewer than three spaces, a task stands twice, or nothing is stored.
        DataError: Stored scores or ground truth cannot be read.
    """
    require_number("resamples", resamples, 100)
    folder = Path(results)
    tables = load_scored_tables(
        text_items(suites or ()),
        published=text_items(published or ()),
        plugins=plugins,
        results=folder,
        data_dir=path_of(data_dir),
    )
    rows = judge_rules(tables, resamples, seed, steps(progress, "leaving out a space"))
    pairs = [pair for table in tables for pair in paired_members(table, _PAIR_RESAMPLES, seed)]
    return write_combination(rows, tables, pairs, folder)
