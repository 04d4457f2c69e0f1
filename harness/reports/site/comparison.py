"""The page on which any two methods are compared."""

from __future__ import annotations

from collections.abc import Sequence

from harness.core.identity import Json
from harness.metrics.values import Estimate, Interval
from harness.reports.site import tables
from harness.reports.site.content import Content
from harness.reports.site.differences import Difference
from harness.reports.site.findings import rank_text
from harness.reports.site.page import Page
from harness.reports.site.records import defined

__all__ = ["COMPARED", "comparison_page"]

COMPARED = ("spearman", *tables.CONTROLLED)
"""Metrics by which methods are compared."""


def comparison_page(content: Content) -> Page:
    """Return the page that compares any two methods, with all that its script needs."""
    names = [row.name for row in content.overall.proxies] if content.overall else []
    return Page(
        path="compare.html",
        template="compare.html",
        title="Compare any two methods",
        kind="comparison",
        summary="Two methods side by side on every space, with intervals and agreement",
        shown={
            "names": names,
            "metrics": COMPARED,
            "data": _comparison(content, names),
            "matrices": [tables.matrix_table(name, content) for name in COMPARED],
        },
    )


def _comparison(content: Content, names: Sequence[str]) -> Json:
    """Return everything that two methods are compared by, for the script."""
    boards = content.ranked_boards
    ranked = content.overall.by_name if content.overall else {}
    return {
        "tasks": [
            {"name": task, "space": board.space, "suite": board.suite, "networks": board.networks}
            for task, board in boards.items()
        ],
        "methods": {
            name: {
                "rank": rank_text(ranked[name].mean_rank),
                "values": {
                    metric: [
                        _triple(row.of(metric) if (row := board.compared.get(name)) else None)
                        for board in boards.values()
                    ]
                    for metric in COMPARED
                },
                "seconds": [
                    row.seconds if (row := board.compared.get(name)) else None
                    for board in boards.values()
                ],
                "agreement": {
                    other: [
                        _short(content.agreement[task].of(name, other))
                        if task in content.agreement
                        else None
                        for task in boards
                    ]
                    for other in names
                    if other > name
                },
                "differences": {
                    other: [_apart(content.differences.get((task, name, other))) for task in boards]
                    for other in names
                    if other > name
                },
            }
            for name in names
        },
    }


def _triple(estimate: Estimate | None) -> Json:
    if estimate is None or (value := defined(estimate)) is None:
        return None
    interval = estimate.interval
    if not isinstance(interval, Interval):
        return [_short(value), None, None]
    return [_short(value), _short(interval.low), _short(interval.high)]


def _apart(difference: Difference | None) -> Json:
    """Return the ends of a paired difference, then the number of networks that it rests on."""
    if difference is None or (triple := _triple(difference.estimate)) is None:
        return None
    return [triple, difference.networks]


def _short(value: float | None) -> float | None:
    return None if value is None else round(value, 3)
