"""Tables of several spaces: stored scores and truth of suites, and published ones."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from harness.api.choice import Plugins, choose_proxies, choose_suite
from harness.core.errors import UsageError
from harness.evaluation import MethodScores, TaskScores, join_stored, load_published
from harness.execution.archive import archive_in
from harness.execution.run import Options, open_run
from harness.metrics.scored_table import ScoredTable
from harness.spaces.identical import IDENTICAL
from harness.spaces.knowledge import kin_of
from harness.spaces.registry import space as find_space
from harness.truth import Places

__all__ = ["load_scored_tables"]

_NO_MEMBERS = ("random", "rank_sum", "vote", "vkdnw_agg")
"""Chance, and proxies that combine others."""


def load_scored_tables(
    suites: Sequence[str],
    *,
    published: Sequence[str] = (),
    plugins: Plugins | None = None,
    results: Path,
    data_dir: Path | None = None,
) -> list[ScoredTable]:
    """Join what is stored of the first task of each suite, and what was published of tasks.

    Args:
        suites: Names of suites, or paths of their TOML files.
        published: Tasks whose published scores are read.
        plugins: Whose scores of suites, as for `harness.run`; when absent all zero-cost proxies of
            each suite but chance and those that combine others.
        results: Folder of the stored scores, with its archive.
        data_dir: Folder of ground truth of `published`.

    Raises:
        UsageError: A task stands twice, or nothing is stored of a suite.
        DataError: Stored scores or ground truth cannot be read.
    """
    joined = [_of_suite(name, plugins, results) for name in suites]
    places = Places.from_environment(data_dir)
    joined += [load_published(task, places, IDENTICAL) for task in published]
    tasks = [scores.table.task for scores in joined]
    for task in tasks:
        if tasks.count(task) > 1:
            raise UsageError(f"{task} stands {tasks.count(task)} times; judge it once")
    return [_table(scores) for scores in joined]


def _of_suite(name: str, plugins: Plugins | None, results: Path) -> TaskScores:
    """Join what is stored of a suite's first task."""
    suite = choose_suite(name, None, None, None)
    suite = suite.model_copy(update={"tasks": suite.tasks[:1], "identical": IDENTICAL})
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
        space=scores.table.space,
        kin=kin_of(find_space(scores.table.space)),
        architectures=tuple(itertools.compress(scores.architectures, scored)),
        truth=scores.truth[scored],
        scores={method.name: method.at(scored).values for method in methods},
    )
