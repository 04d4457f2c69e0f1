"""The page of a transfer matrix: a picture and a table for each number of target labels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from harness.core.identity import Json
from harness.learning.heat_map import matrix_table, written
from harness.learning.transfer import Cell
from harness.metrics import Defined
from harness.reports.page.shell import rendered, specification

__all__ = ["matrix_page"]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Panel:
    labels: int
    key: str
    targets: list[str]
    cells: list[list[str]]
    finding: str
    rows: list[Json]


def matrix_page(cells: Sequence[Cell], predictor: str, metric: str, facts: str) -> str:
    """Return a transfer matrix as HTML.

    Args:
        cells: All pairs, at least one.
        predictor: Name of the predictor.
        metric: Name of the metric.
        facts: What the numbers rest on, in one sentence.
    """
    panels = [
        _panel([one for one in cells if one.labels == labels])
        for labels in sorted({one.labels for one in cells})
    ]
    data: Json = {
        "charts": {"matrix": specification("matrix")},
        "rows": {one.key: one.rows for one in panels},
        "cohorts": [],
        "scatters": {},
    }
    shown = {"predictor": predictor, "metric": metric, "facts": facts, "panels": panels}
    return rendered("matrix.html", data, {}, **shown)


def _panel(cells: Sequence[Cell]) -> _Panel:
    labels = cells[0].labels
    return _Panel(
        labels=labels,
        key=f"labels-{labels}",
        targets=list(dict.fromkeys(one.target for one in cells)),
        cells=[[row[0], *row[2:]] for row in matrix_table(cells)],
        finding=_finding(cells),
        rows=[_row(one) for one in cells],
    )


def _row(cell: Cell) -> Json:
    value = cell.mean.value
    return {
        "source": cell.source,
        "target": cell.target,
        "value": value.value if isinstance(value, Defined) else None,
        "text": written(cell.mean),
    }


def _finding(cells: Sequence[Cell]) -> str:
    """Say which task is the best teacher of another, and which the worst."""
    tasks = {one.target for one in cells}
    across = [
        (one.mean.value.value, one)
        for one in cells
        if one.source in tasks - {one.target} and isinstance(one.mean.value, Defined)
    ]
    if not across:
        return "No pair of two tasks has a value."
    (low, worst), (high, best) = min(across, key=_value), max(across, key=_value)
    return (
        f"Highest between two tasks: {best.source} to {best.target}, {high:.3f}; lowest: "
        f"{worst.source} to {worst.target}, {low:.3f}."
    )


def _value(pair: tuple[float, Cell]) -> float:
    return pair[0]
