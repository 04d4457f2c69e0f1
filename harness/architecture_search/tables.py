"""Summaries of searches as rows, for the terminal, CSV, JSON and the page."""

from __future__ import annotations

from collections.abc import Sequence

from harness.architecture_search.prices import Prices
from harness.architecture_search.problem import Problem
from harness.architecture_search.summary import QUERIES, Progress, Reach, SearchSummary

__all__ = ["Cell", "cells", "facts", "flat", "heads"]

Cell = str | int | float | None
_SHOWN = (10.0, 30.0, 100.0, 300.0, 1000.0, 3000.0)


def facts(
    problem: Problem, summaries: Sequence[SearchSummary], share: float, prices: Prices | None
) -> str:
    """Say in one line what was searched, and how often."""
    timed = (
        "" if prices is None else f"; the time of a training is taken to grow with {prices.proxy}"
    )
    return (
        f"{problem.truth.task}: {problem.n} architectures, best {problem.values.max():.4g}; the "
        f"best {share:.3g} of them begin at {problem.threshold(share):.4g}; "
        f"{summaries[0].repeats} searches a row; brackets hold 95 % intervals over the "
        f"searches{timed}"
    )


def heads(summaries: Sequence[SearchSummary], share: float, unit: str) -> list[str]:
    """Return the column heads of the table."""
    return [
        "algorithm",
        "guide",
        f"{unit} to the best {share:.3g}",
        "reached",
        *(f"regret after {count:.0f}" for count in _shown(summaries)),
        "s / search",
    ]


def cells(summaries: Sequence[SearchSummary], unit: str) -> list[list[str]]:
    """Return the rows of the table; empty where some of the searches had ended before."""
    return [
        [
            summary.searcher,
            summary.guide,
            _reach(summary.progress[unit].reach),
            f"{summary.found:.0%}",
            *(_regret(summary.progress[unit], count) for count in _shown(summaries)),
            f"{summary.seconds:.2f}",
        ]
        for summary in summaries
    ]


def flat(summary: SearchSummary) -> dict[str, Cell]:
    """Return one row without rounding."""
    row: dict[str, Cell] = {
        "algorithm": summary.searcher,
        "guide": summary.guide,
        "repeats": summary.repeats,
        "budget": summary.budget,
        "reached": summary.found,
        "seconds": summary.seconds,
    }
    for unit, progress in summary.progress.items():
        row |= _flat("queries" if unit == QUERIES else "time", progress, _shown([summary]))
    return row


def _flat(name: str, progress: Progress, shown: Sequence[float]) -> dict[str, Cell]:
    reach = progress.reach
    row: dict[str, Cell] = {
        name: reach.median,
        f"{name}_low": reach.interval.low if reach.interval else None,
        f"{name}_high": reach.interval.high if reach.interval else None,
    }
    for spent in shown:
        point = progress.at(spent)
        head = f"regret@{spent:.0f}_{name}"
        row |= {
            head: point.regret if point else None,
            f"{head}_low": point.interval.low if point else None,
            f"{head}_high": point.interval.high if point else None,
        }
    return row


def _shown(summaries: Sequence[SearchSummary]) -> list[float]:
    budget = float(summaries[0].budget)
    return [*(one for one in _SHOWN if one < budget), budget]


def _regret(progress: Progress, spent: float) -> str:
    point = progress.at(spent)
    if point is None:
        return ""
    return f"{point.regret:.3f} [{point.interval.low:.3f}, {point.interval.high:.3f}]"


def _reach(reach: Reach) -> str:
    if reach.median is None:
        return "not reached by half"
    if reach.interval is None:
        return f"{reach.median:.0f} [upper end not reached]"
    return f"{reach.median:.0f} [{reach.interval.low:.0f}, {reach.interval.high:.0f}]"
