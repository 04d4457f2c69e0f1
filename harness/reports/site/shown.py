"""A table as a page shows it: cells with the numbers behind them, bars and shades."""

from __future__ import annotations

from dataclasses import dataclass

from harness.core.files import csv_text
from harness.metrics.values import Defined, Estimate, Interval
from harness.reports.page.table import Bar
from harness.reports.report_table import Cell, Column, ReportTable, brackets, cell_text
from harness.reports.writers import latex

__all__ = ["ShownCell", "ShownHead", "ShownTable"]

_LOWER_FIRST = ("rank", "mean rank", "place", "ms / network", "peak MiB")
"""Heads of columns in which low numbers are good."""

_SHADES = 5
"""Shades of a cell on either side of zero, of a correlation of one the darkest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownCell:
    """A cell.

    Attributes:
        text: What it says; of an estimate its value.
        detail: The interval of an estimate.
        number: The number to sort by; empty where there is none, which sorts last.
        bar: A picture of an estimate.
        shade: -5 to 5 by the value of a correlation; None where none is shown.
        is_text: Whether it is read as words.
    """

    text: str
    detail: str = ""
    number: str = ""
    bar: Bar | None = None
    shade: int | None = None
    is_text: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownHead:
    """The head of a column.

    Attributes:
        first: The order that its first press gives: best first, and words as in a dictionary.
        is_text: Whether the column is read as words.
    """

    text: str
    first: str
    is_text: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownTable:
    """A table of a page, with its files beside it.

    Attributes:
        key: Identifier on the page, and name of its files.
        table: Its title is the caption.
        bar: Position of the column whose intervals are drawn; None of none.
        shaded: Whether cells of correlations are shaded.
        command: What prints its numbers again.
    """

    key: str
    table: ReportTable
    bar: int | None = None
    shaded: bool = False
    command: str = ""

    @property
    def heads(self) -> list[ShownHead]:
        """The heads of the columns."""
        heads = []
        for position, text in enumerate(self.table.heads):
            words = not self._is_number(position)
            lower = words or text in _LOWER_FIRST
            first = "ascending" if lower else "descending"
            heads.append(ShownHead(text=text, first=first, is_text=words))
        return heads

    @property
    def rows(self) -> list[list[ShownCell]]:
        """The rows as they are shown."""
        limits = self._limits()
        return [
            [
                self._cell(cell, column, limits if position == self.bar else None)
                for position, (cell, column) in enumerate(zip(row, self.table.columns, strict=True))
            ]
            for row in self.table.rows
        ]

    @property
    def files(self) -> dict[str, str]:
        """CSV and LaTeX of the table by path from the root of the site."""
        comments = [self.table.title, *([f"Printed by: {self.command}"] if self.command else [])]
        return {
            f"tables/{self.key}.csv": csv_text(self.table.records),
            f"tables/{self.key}.tex": latex([self.table], comments),
        }

    def _is_number(self, position: int) -> bool:
        cells = (row[position] for row in self.table.rows)
        return any(not isinstance(cell, str) and cell is not None for cell in cells)

    def _limits(self) -> tuple[float, float]:
        """Return the narrowest range that holds zero and all intervals that are drawn."""
        if self.bar is None:
            return 0.0, 0.0
        cells = [row[self.bar] for row in self.table.rows]
        drawn = [
            cell.interval
            for cell in cells
            if isinstance(cell, Estimate) and isinstance(cell.interval, Interval)
        ]
        low = min([0.0, *(interval.low for interval in drawn)])
        return low, max([0.0, *(interval.high for interval in drawn)])

    def _cell(self, cell: Cell, column: Column, limits: tuple[float, float] | None) -> ShownCell:
        match cell:
            case Estimate(value=Defined(value=value), interval=interval):
                known = interval if isinstance(interval, Interval) else None
                return ShownCell(
                    text=column.number(value),
                    detail=brackets(known, column.number) if known else "",
                    number=f"{value:.7g}",
                    bar=_bar(value, known, limits) if limits and known else None,
                    shade=self._shade(value),
                )
            case bool() | None | str():
                text = cell_text(cell, column)
                return ShownCell(text=text, is_text=True)
            case int():
                return ShownCell(text=f"{cell:,}", number=str(cell))
            case float():
                return ShownCell(
                    text=column.number(cell), number=f"{cell:.7g}", shade=self._shade(cell)
                )
            case _:
                return ShownCell(text="")

    def _shade(self, value: float) -> int | None:
        return max(-_SHADES, min(_SHADES, round(value * _SHADES))) if self.shaded else None


def _bar(value: float, interval: Interval, limits: tuple[float, float]) -> Bar | None:
    width = limits[1] - limits[0]
    if not width:
        return None
    zero, low, at, high = (
        round(100 * (end - limits[0]) / width, 1)
        for end in (0.0, interval.low, value, interval.high)
    )
    return Bar(zero=zero, low=low, value=at, high=high)
