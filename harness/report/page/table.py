"""A task's table as a browser sorts it: what a cell says, and the number behind it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, assert_never

from harness.evaluation import (
    Board,
    ComputedScores,
    Entry,
    Leaderboard,
    Measured,
    Provenance,
    PublishedScores,
)
from harness.metrics import Direction, Interval, find_metric
from harness.metrics.values import Defined, Undefined
from harness.report.wording import number

__all__ = ["Bar", "Cell", "Column", "Row", "Table", "tables"]

Order = Literal["ascending", "descending"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column.

    Attributes:
        head: What it holds.
        first: The order that the first press of its head gives: best first.
    """

    head: str
    first: Order


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """A value and its interval as shares of the metric's range, 0 to 1."""

    low: float
    value: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A cell.

    Attributes:
        text: Its value.
        detail: What belongs to the value: its interval, or why there is none.
        sort: The unrounded number to sort by; None sorts last in either direction.
        bar: A picture of the same.
    """

    text: str
    detail: str = ""
    sort: float | None = None
    bar: Bar | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A plugin and its cells, one a column but the first."""

    plugin: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Rows in the order of the board, which is that of the column `sorted_by`."""

    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    sorted_by: str


def tables(leaderboard: Leaderboard, board: Board) -> tuple[Table, Table]:
    """Return the table of the complete and that of the incomplete entries; either may be empty."""
    complete = [one for one in board.entries if one.scored == one.drawn]
    incomplete = [one for one in board.entries if one.scored < one.drawn]
    return _table(leaderboard, board, complete), _table(leaderboard, board, incomplete)


def _table(leaderboard: Leaderboard, board: Board, entries: Sequence[Entry]) -> Table:
    placed = any(one.placement for one in entries)
    computed = isinstance(board.provenance, ComputedScores)
    columns = [Column(head="plugin", first="ascending")]
    columns += [Column(head="place", first="ascending")] if placed else []
    columns += [Column(head=name, first=_best_first(name)) for name in leaderboard.metrics]
    columns += [Column(head=name, first="descending") for name in ("scored", "distinct")]
    costs = ("ms / network", "peak MiB") if computed else ()
    columns += [Column(head=name, first="ascending") for name in costs]
    rows = (
        Row(
            plugin=entry.plugin,
            cells=(
                *([_place(entry)] if placed else []),
                *_metrics(leaderboard, entry),
                _scored(entry, board.provenance),
                Cell(text=str(entry.distinct), sort=entry.distinct),
                *(_costs(entry) if computed else ()),
            ),
        )
        for entry in entries
    )
    return Table(columns=tuple(columns), rows=tuple(rows), sorted_by=leaderboard.metrics[0])


def _best_first(metric: str) -> Order:
    match find_metric(metric).direction:
        case Direction.HIGHER:
            return "descending"
        case Direction.LOWER:
            return "ascending"


def _place(entry: Entry) -> Cell:
    if entry.placement is None:
        return Cell(text="none")
    place, interval = entry.placement.place, entry.placement.interval
    return Cell(text=f"{place:g}", detail=f"[{interval.low:g}, {interval.high:g}]", sort=place)


def _metrics(leaderboard: Leaderboard, entry: Entry) -> list[Cell]:
    headline = leaderboard.metrics[0]
    return [
        _metric(entry.measured[name], name if name == headline else None)
        for name in leaderboard.metrics
    ]


def _metric(measured: Measured, pictured: str | None) -> Cell:
    match measured.value:
        case Undefined():
            return Cell(text="undefined", detail=measured.value.reason)
        case Defined():
            value, interval = measured.value.value, measured.interval
            if not isinstance(interval, Interval):
                detail, bar = f"no interval: {interval.reason}", None
            else:
                detail = f"[{number(interval.low)}, {number(interval.high)}]"
                bar = _bar(value, interval, pictured) if pictured else None
            return Cell(text=number(value), detail=detail, sort=value, bar=bar)


def _bar(value: float, interval: Interval, metric: str) -> Bar:
    limits = find_metric(metric).range
    width = limits.high - limits.low
    low, at, high = ((one - limits.low) / width for one in (interval.low, value, interval.high))
    return Bar(low=low, value=at, high=high)


def _scored(entry: Entry, provenance: Provenance) -> Cell:
    counts = [f"{n} {kind}" for kind, n in sorted(entry.failures.items())]
    counts += [f"{entry.missing} {_unknown(provenance)}"] if entry.missing else []
    return Cell(text=f"{entry.scored}/{entry.drawn}", detail=", ".join(counts), sort=entry.coverage)


def _unknown(provenance: Provenance) -> str:
    match provenance:
        case ComputedScores():
            return "not asked"
        case PublishedScores():
            return "not published"
        case _:
            assert_never(provenance)


def _costs(entry: Entry) -> tuple[Cell, Cell]:
    if entry.timing is None:
        return Cell(text="unknown"), Cell(text="unknown")
    low, median, high = (1000 * one for one in entry.timing.quartiles_s)
    peak = entry.timing.peak_bytes
    memory = None if peak is None else peak / 2**20
    return (
        Cell(text=_ms(median), detail=f"{_ms(low)} to {_ms(high)}", sort=median),
        Cell(text="unknown" if memory is None else f"{memory:.0f}", sort=memory),
    )


def _ms(milliseconds: float) -> str:
    return f"{milliseconds:.1f}" if milliseconds >= 1 else f"{milliseconds:.2g}"
