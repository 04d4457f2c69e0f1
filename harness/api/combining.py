"""Rules that combine proxies, each judged on spaces whose labels it has not seen."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from harness.api.choice import Plugins, choose_proxies, choose_suite, require_number, text_items
from harness.api.results import Progress
from harness.api.running import steps
from harness.core.errors import UsageError
from harness.evaluation import MethodScores, TaskScores, join_stored, load_published
from harness.evaluation.combination import ScoredTable
from harness.evaluation.leave_one_out import judge_rules
from harness.execution.archive import archive_in
from harness.execution.run import Options, open_run
from harness.reports.combination import CombinationTable, write_combination
from harness.spaces.identical import IDENTICAL
from harness.spaces.knowledge import kin_of
from harness.spaces.registry import space as find_space
from harness.truth import Places

__all__ = ["combine"]

_NO_MEMBERS = ("random", "rank_sum", "vote", "vkdnw_agg")
"""Chance, and proxies that combine others."""


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
    names = [suites] if isinstance(suites, str | Path) else list(suites or ())
    joined = [_of_suite(name, plugins, folder) for name in names]
    places = Places.from_environment(None if data_dir is None else Path(data_dir))
    for task in text_items(published or ()):
        joined.append(load_published(task, places, IDENTICAL))
    tasks = [scores.table.task for scores in joined]
    for task in tasks:
        if tasks.count(task) > 1:
            raise UsageError(f"{task} stands {tasks.count(task)} times; judge it once")
    tables = [_table(scores) for scores in joined]
    rows = judge_rules(tables, resamples, seed, steps(progress, "leaving out a space"))
    return write_combination(rows, tables, folder)


def _of_suite(name: str | Path, plugins: Plugins | None, results: Path) -> TaskScores:
    """Join what is stored of a suite's first task."""
    suite = choose_suite(name, None, None, None)
    suite = suite.model_copy(update={"tasks": suite.tasks[:1]})
    prepared = open_run(
        suite,
        choose_proxies(suite, plugins, only=True),
        Options(results=results, archive=archive_in(results)),
    )
    (scores,) = join_stored(prepared)
    if not any(method.scored.any() for method in _members(scores)):
        raise UsageError(
            f"nothing is stored in {results} of suite {suite.name}; run harness run {name} first, "
            "with the same --results"
        )
    return scores


def _members(scores: TaskScores) -> list[MethodScores]:
    """Return the proxies that may be combined: no columns of a space, which are imported."""
    return [
        method
        for method in scores.methods
        if method.name not in _NO_MEMBERS and not method.imported
    ]


def _table(scores: TaskScores) -> ScoredTable:
    methods = _members(scores)
    scored = np.logical_or.reduce([method.scored for method in methods])
    return ScoredTable(
        task=scores.table.task,
        kin=kin_of(find_space(scores.table.space)),
        truth=scores.truth[scored],
        scores={method.name: method.at(scored).values for method in methods},
    )
