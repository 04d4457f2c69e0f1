"""Many repeats of a search as numbers with intervals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from harness.metrics.intervals import Interval, central
from harness.metrics.values import FloatArray
from harness.search.problem import Problem
from harness.search.simulation import Trace

__all__ = ["Queries", "SearchSummary", "summarise"]

_RESAMPLES = 2000
_AT = (10, 30, 100, 300, 1000, 3000)


@dataclass(frozen=True, slots=True, kw_only=True)
class Queries:
    """Queries until one of the best architectures was found.

    Attributes:
        median: Over the repeats; None where fewer than half of them found one.
        interval: Of the median over resampled repeats; None where it is not bounded above.
        reached: Share of the repeats that found one within the budget.
    """

    median: float | None
    interval: Interval | None
    reached: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchSummary:
    """What one algorithm with one guide does on one problem.

    Attributes:
        searcher: Name of the algorithm.
        guide: Name of the guide.
        repeats: Number of searches.
        at: Numbers of queries.
        regret: Mean regret after so many queries, in the unit of the truth.
        intervals: Of the means, over resampled repeats.
        queries: Until one of the best `share` of the table was found.
        seconds: Median wall-clock time of one search, the guide's fits included; what querying
            would cost in training is not in it.
    """

    searcher: str
    guide: str
    repeats: int
    at: tuple[int, ...]
    regret: tuple[float, ...]
    intervals: tuple[Interval, ...]
    queries: Queries
    seconds: float


def summarise(
    problem: Problem, name: tuple[str, str], traces: Sequence[Trace], share: float, level: float
) -> SearchSummary:
    """Summarise repeats of one search.

    Args:
        problem: What was searched.
        name: Names of algorithm and guide.
        traces: One a repeat, all with as many queries.
        share: Which part of the table counts as the best, e.g. 0.001.
        level: Coverage of the intervals, e.g. 0.95.
    """
    budget = min(one.regrets.size for one in traces)
    at = (*(one for one in _AT if one < budget), budget)
    regrets = np.array([[one.regrets[count - 1] for count in at] for one in traces])
    generator = np.random.default_rng(0)
    rows = generator.integers(0, len(traces), (_RESAMPLES, len(traces)))
    means = regrets[rows].mean(axis=1)
    goal = float(problem.values.max()) - problem.threshold(share)
    found = [one.queries_to(goal) for one in traces]
    counts = np.array([np.inf if one is None else one for one in found])
    return SearchSummary(
        searcher=name[0],
        guide=name[1],
        repeats=len(traces),
        at=at,
        regret=tuple(float(one) for one in regrets.mean(axis=0)),
        intervals=tuple(central(column, level) for column in means.T),
        queries=_queries(counts, np.sort(counts[rows], axis=1), level),
        seconds=float(np.median([one.seconds for one in traces])),
    )


def _queries(counts: FloatArray, resampled: FloatArray, level: float) -> Queries:
    """Medians are the lower of the two middle values, so that one search in infinity is none."""
    middle = (counts.size - 1) // 2
    median = float(np.sort(counts)[middle])
    tails = [(1 - level) / 2, (1 + level) / 2]
    low, high = np.quantile(resampled[:, middle], tails, method="inverted_cdf")
    bounded = bool(np.isfinite(high))
    return Queries(
        median=median if np.isfinite(median) else None,
        interval=Interval(low=float(low), high=float(high), level=level) if bounded else None,
        reached=float(np.isfinite(counts).mean()),
    )
