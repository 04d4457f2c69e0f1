"""A page of matrices, sources down and targets across, one for each number of labels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from harness.core.identity import Json
from harness.reports.page.shell import render, specification
from harness.reports.report_table import ReportTable

__all__ = ["MatrixCell", "MatrixPanel", "matrix_page"]


@dataclass(frozen=True, slots=True, kw_only=True)
class MatrixCell:
    """One cell.

    Attributes:
        source: Head of its row.
        target: Head of its column.
        value: What colours it; absent where there is none.
        text: What people read.
    """

    source: str
    target: str
    value: float | None
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MatrixPanel:
    """One matrix.

    Attributes:
        labels: Labels of the target.
        finding: What it shows, in a sentence.
        cells: Row by row, or column by column.
        tables: What else is known of its rows.
    """

    labels: int
    finding: str
    cells: Sequence[MatrixCell]
    tables: Sequence[ReportTable] = ()

    @property
    def key(self) -> str:
        """Name of its rows in the page's data."""
        return f"labels-{self.labels}"

    @property
    def targets(self) -> list[str]:
        """Heads of the columns."""
        return list(dict.fromkeys(cell.target for cell in self.cells))

    @property
    def lines(self) -> list[list[str]]:
        """Head and texts of each row."""
        texts = {(cell.source, cell.target): cell.text for cell in self.cells}
        return [
            [source, *(texts.get((source, target), "") for target in self.targets)]
            for source in dict.fromkeys(cell.source for cell in self.cells)
        ]

    @property
    def data(self) -> list[Json]:
        """What its picture is drawn from."""
        return [
            {
                **{"source": cell.source, "target": cell.target},
                **{"value": cell.value, "text": cell.text},
            }
            for cell in self.cells
        ]


def matrix_page(*, title: str, facts: str, reading: str, panels: Sequence[MatrixPanel]) -> str:
    """Return matrices as HTML, a picture and a table each.

    Args:
        title: Heading of the page.
        facts: On what the numbers rest, as a sentence.
        reading: What a number is, of which row and column.
        panels: The matrices.
    """
    data: Json = {
        "charts": {"matrix": specification("matrix")},
        "rows": {panel.key: panel.data for panel in panels},
        "cohorts": [],
        "scatters": {},
    }
    shown = {"title": title, "facts": facts, "reading": reading, "panels": panels}
    return render("matrix.html", data, {}, **shown)
