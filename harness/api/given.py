"""Metrics and scores that a user brings: files, functions and mappings."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias, cast

from harness.core.errors import UsageError
from harness.evaluation import Leaderboard, Procedure, join_imported, procedure_of, rank_tasks
from harness.execution.given_scores import GivenScores
from harness.execution.run import open_tasks
from harness.metrics import Metric, find_metric
from harness.metrics import metric as plain_metric
from harness.reports.leaderboard import write_leaderboard
from harness.suite import Suite
from harness.truth import ScoreItems

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["Metrics", "Scores", "choose_metrics", "numbers_by_name", "rank_names", "score_items"]

_LOG = logging.getLogger(__name__)

AnyMetric: TypeAlias = (
    "str | Path | Metric | Callable[[NDArray[np.float64], NDArray[np.float64]], float]"
)
"""A metric by name, by its file, as a value, or as a plain function of scores and truth."""

Metrics: TypeAlias = "AnyMetric | Sequence[AnyMetric]"
"""One metric or several."""

AnyScores: TypeAlias = "str | Path | ScoreItems"
"""A file of scores, or architectures with their scores."""

Scores: TypeAlias = "str | Path | Sequence[str | Path] | Mapping[str, AnyScores]"
"""Files of scores, or names of methods with theirs."""


def choose_metrics(given: Metrics | None) -> tuple[Metric, ...]:
    """Return the metrics that are named, held by files, or given; none for None.

    Raises:
        UsageError: A name is unknown, or something given is no metric.
        ContractError: A file or a function is not what a metric should be.
    """
    if given is None:
        return ()
    several = isinstance(given, Sequence) and not isinstance(given, str)
    items = cast("Sequence[AnyMetric]", given) if several else [cast("AnyMetric", given)]
    return tuple(_metric(item) for item in items)


def score_items(given: Scores | None) -> tuple[GivenScores, ...]:
    """Return what scores are given, each with the name of its method where it is not in a file.

    Raises:
        UsageError: Something given is neither a file nor scores of architectures.
    """
    if given is None:
        return ()
    if isinstance(given, str | Path):
        return (GivenScores(source=Path(given)),)
    if isinstance(given, Mapping):
        return tuple(_scores(name, item) for name, item in given.items())
    return tuple(GivenScores(source=Path(path)) for path in given)


def rank_names(
    suite: Suite, scores: Sequence[GivenScores], metrics: tuple[Metric, ...], results: Path
) -> tuple[Leaderboard, list[Path]]:
    """Rank imported scores alone, where nothing is known of a suite's architectures but names.

    Returns:
        The leaderboard and its files.

    Raises:
        UsageError: There are no scores.
    """
    if not scores and not suite.scores:
        raise UsageError(
            f"the architectures of suite {suite.name} are names without networks, so only scores "
            "that were computed elsewhere can be ranked: give them with --scores, or the networks "
            "as a zoo"
        )
    tasks = open_tasks(suite, scores)
    _LOG.warning(
        "the architectures of suite %s are names without networks: proxies are skipped, and the "
        "imported scores alone are ranked",
        suite.name,
    )
    truths = tuple(tasks.truths.values())
    joined = join_imported(truths, tasks.population, tasks.imported, suite.identical)
    procedure: Procedure = procedure_of(suite, metrics)
    leaderboard = rank_tasks(suite.name, tasks.population.name, joined, procedure)
    return leaderboard, write_leaderboard(leaderboard, joined, results)


def _metric(item: AnyMetric) -> Metric:
    if isinstance(item, Metric):
        return item
    if isinstance(item, str | Path):
        return find_metric(str(item), "--metric")
    if not callable(item):
        raise UsageError(
            f"{item!r:.80} is no metric; give a name, a file or a function f(scores, truth)"
        )
    return plain_metric(item)


def _scores(name: object, item: object) -> GivenScores:
    if isinstance(item, str | Path):
        return GivenScores(source=Path(item), name=str(name))
    return GivenScores(source=numbers_by_name(f"the scores of {name!r}", item), name=str(name))


def numbers_by_name(what: str, given: object) -> ScoreItems:
    """Return a mapping or a series of pandas that was given for numbers by names.

    Raises:
        UsageError: It is neither; of a frame the items are its columns.
    """
    if not isinstance(given, ScoreItems) or hasattr(given, "columns"):
        shown = " ".join(f"{given!r:.80}".split())
        raise UsageError(
            f"{what} are {shown}; give them by the names of architectures, as a mapping, a pandas "
            "series or a file"
        )
    return given
