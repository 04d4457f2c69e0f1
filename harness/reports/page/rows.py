"""What the charts of a page are drawn from, as the JSON that the page carries."""

from __future__ import annotations

from dataclasses import asdict

from harness.core.identity import Json
from harness.metrics.values import Defined
from harness.reports.page.diagram import Mark
from harness.reports.page.front import Front
from harness.reports.page.labels import labelled
from harness.reports.page.points import Points
from harness.reports.page.redundancy import Redundancy
from harness.reports.wording import number

__all__ = ["diagram_rows", "front_rows", "points_json", "redundancy_rows"]


def front_rows(front: Front, ceiling: float | None) -> list[Json]:
    """Return one row an entry."""
    named = labelled(front)
    return [
        {
            "plugin": one.plugin,
            "label": one.plugin if one.plugin in named else "",
            "align": named.get(one.plugin, "right"),
            "ms": 1000 * one.seconds,
            "value": one.value,
            "low": one.interval.low if one.interval else None,
            "high": one.interval.high if one.interval else None,
            "leads": one.leads,
            "text": number(one.value),
            "ceiling": ceiling,
        }
        for one in front.entries
    ]


def redundancy_rows(found: Redundancy) -> list[Json]:
    """Return one row a cell."""
    return [
        {
            "row": row,
            "column": column,
            "value": cell.value if isinstance(cell, Defined) else None,
            "text": number(cell.value) if isinstance(cell, Defined) else cell.reason,
        }
        for row, cells in zip(found.names, found.cells, strict=True)
        for column, cell in zip(found.names, cells, strict=True)
    ]


def diagram_rows(marks: tuple[Mark, ...]) -> list[Json]:
    """Return one row a mark."""
    return [asdict(one) for one in marks]


def points_json(found: Points) -> Json:
    """Return the architectures and their scores; the truth differs from task to task."""
    return {"architectures": found.architectures, "scores": found.scores}
