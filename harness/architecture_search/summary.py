"""Many repeats of a search as numbers with intervals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from harness.architecture_search.prices import Prices
from harness.architecture_search.problem import Problem
from harness.architecture_search.simulation import Trace
from harness.metrics.intervals import central_of_means
from harness.metrics.values import Defined, Estimate, FloatArray, IntArray, Interval

__all__ = ["QUERIES", "FrontFound", "Point", "Progress", "Reach", "SearchSummary", "summarise"]

QUERIES = "queries"
_RESAMPLES = 2000
_LEVEL = 0.95
_AT = tuple(float(f"{step}e{power}") for power in range(-3, 7) for step in (1, 2, 3, 5, 7))


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """What was spent until one of the best architectures was found.

    Attributes:
        median: Over the repeats; None where fewer than half of them found one.
        interval: Of the median over resampled repeats; None where it is not bounded above.
        share: Part of the repeats that found one within the budget.
    """

    median: float | None
    interval: Interval | None
    share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """Mean regret (see `Problem.regrets`) after so much was spent."""

    spent: float
    regret: float
    interval: Interval


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """Regret against what was spent, in one unit.

    Attributes:
        points: Where every repeat had finished a query and was still searching; by what was spent.
        reach: Until one of the best of the table was found.
    """

    points: tuple[Point, ...]
    reach: Reach

    def at(self, spent: float) -> Point | None:
        """Return the point at exactly so much, if there is one."""
        return next((point for point in self.points if point.spent == spent), None)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FrontFound:
    """How much of the table's Pareto front the searches queried.

    Attributes:
        share: Mean share of its points over the repeats.
        hits: Shape ``(points,)``: share of the repeats that queried the point.
        first: What the first search queried, shape ``(queries,)``.
    """

    share: Estimate
    hits: FloatArray
    first: IntArray


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchSummary:
    """What one algorithm with one guide does on one problem.

    Attributes:
        searcher: Name of the algorithm.
        guide: Name of the guide.
        repeats: Number of searches.
        budget: Queries of one search.
        progress: Regret against `QUERIES`; where the price of a training is known, also against
            the time of the trainings, in the unit of the prices.
        seconds: Median wall-clock time of one search, the guide's fits included; what querying
            would cost in training is not in it.
        found: What they found of the front, with several objectives.
    """

    searcher: str
    guide: str
    repeats: int
    budget: int
    progress: Mapping[str, Progress]
    seconds: float
    found: FrontFound | None = None

    @property
    def reached(self) -> float:
        """Share of the repeats that found one of the best within the budget."""
        return self.progress[QUERIES].reach.share


def summarise(
    problem: Problem,
    name: tuple[str, str],
    traces: Sequence[Trace],
    share: float,
    prices: Prices | None = None,
) -> SearchSummary:
    """Summarise repeats of one search.

    Args:
        problem: What was searched.
        name: Names of algorithm and guide.
        traces: One a repeat, all with as many queries.
        share: When a search has succeeded; see `Problem.goal`.
        prices: What a query costs, for the progress against time.
    """
    goal = problem.goal(share)
    spent = {QUERIES: [np.arange(1.0, trace.regrets.size + 1) for trace in traces]}
    if prices is not None:
        spent[prices.unit] = [np.cumsum(prices.values[trace.numbers]) for trace in traces]
    return SearchSummary(
        searcher=name[0],
        guide=name[1],
        repeats=len(traces),
        budget=min(trace.regrets.size for trace in traces),
        progress={unit: _progress(traces, costs, goal) for unit, costs in spent.items()},
        seconds=float(np.median([trace.seconds for trace in traces])),
        found=_found(problem, traces),
    )


def _found(problem: Problem, traces: Sequence[Trace]) -> FrontFound | None:
    if (objectives := problem.objectives) is None:
        return None
    hits = np.array([objectives.hits(trace.numbers) for trace in traces])
    shares = hits.mean(axis=1)
    resampled = shares[_resampled(len(traces))].mean(axis=1)
    interval = central_of_means(resampled, len(traces), _LEVEL)
    return FrontFound(
        share=Estimate(value=Defined(value=float(shares.mean())), interval=interval),
        hits=hits.mean(axis=0),
        first=traces[0].numbers,
    )


def _resampled(repeats: int) -> IntArray:
    return np.random.default_rng(0).integers(0, repeats, (_RESAMPLES, repeats))


def _progress(traces: Sequence[Trace], spent: Sequence[FloatArray], goal: float) -> Progress:
    """Follow the regret over `spent`: for every trace, what is spent when a query has finished."""
    budget = float(min(trace.regrets.size for trace in traces))
    rows = _resampled(len(traces))
    first, last = max(costs[0] for costs in spent), min(costs[-1] for costs in spent)
    points = []
    for at in sorted({at for at in (*_AT, budget, float(last)) if first <= at <= last}):
        regrets = np.array(
            [
                trace.regrets[np.searchsorted(costs, at, side="right") - 1]
                for trace, costs in zip(traces, spent, strict=True)
            ]
        )
        interval = central_of_means(regrets[rows].mean(axis=1), len(traces), _LEVEL)
        points.append(Point(spent=at, regret=float(regrets.mean()), interval=interval))
    queries = [trace.queries_to(goal) for trace in traces]
    ends = [
        np.inf if count is None else costs[count - 1]
        for count, costs in zip(queries, spent, strict=True)
    ]
    return Progress(points=tuple(points), reach=_reach(np.array(ends), rows))


def _reach(ends: FloatArray, rows: IntArray) -> Reach:
    """Medians are the lower of the two middle values, so that one search in infinity is none."""
    middle = (ends.size - 1) // 2
    median = float(np.sort(ends)[middle])
    tails = [(1 - _LEVEL) / 2, (1 + _LEVEL) / 2]
    resampled = np.sort(ends[rows], axis=1)[:, middle]
    low, high = np.quantile(resampled, tails, method="inverted_cdf")
    bounded = bool(np.isfinite(high))
    return Reach(
        median=median if np.isfinite(median) else None,
        interval=Interval(low=float(low), high=float(high), level=_LEVEL) if bounded else None,
        share=float(np.isfinite(ends).mean()),
    )
