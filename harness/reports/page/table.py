"""A task's table as a browser sorts it: what a cell says, and the number behind it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal, assert_never

from harness.core.direction import Direction
from harness.core.pipe_table import shortened
from harness.evaluation import (
    Board,
    ComputedScores,
    Entry,
    Leaderboard,
    Provenance,
    PublishedScores,
)
from harness.metrics import Estimate, Interval, find_metric
from harness.metrics.values import Defined, Undefined
from harness.reports.failures import LONGEST_NOTE, failure_notes, kinds_with_reasons
from harness.reports.wording import number, undefined_notes

__all__ = ["Bar", "Cell", "Column", "Row", "Table", "milliseconds", "tables"]

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
    """Zero, a value and its interval as shares of a width that all bars of a table have."""

    zero: float
    low: float
    value: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why scores are absent.

    Attributes:
        text: In full.
        short: As long as a cell is wide; equal to `text` where that is not longer.
    """

    text: str
    short: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A cell.

    Attributes:
        text: Its value.
        detail: What belongs to the value: its interval, or why there is none.
        reasons: Why some of it is absent, one text a kind of failure.
        sort: The unrounded number to sort by; None sorts last in either direction.
        bar: A picture of the same.
    """

    text: str
    detail: str = ""
    reasons: tuple[Reason, ...] = ()
    sort: float | None = None
    bar: Bar | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A plugin and its cells, one a column but the first."""

    plugin: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Rows in the order of the board, which is that of the column `sorted_by`.

    Attributes:
        notes: Why values are undefined, and scores absent.
    """

    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    sorted_by: str
    notes: tuple[str, ...]


def tables(leaderboard: Leaderboard, board: Board) -> tuple[Table, Table]:
    """Return the table of the complete and that of the incomplete entries; either may be empty."""
    complete = [one for one in board.entries if one.scored == one.drawn]
    incomplete = [one for one in board.entries if one.scored < one.drawn]
    return _table(leaderboard, board, complete), _table(leaderboard, board, incomplete)


def _table(leaderboard: Leaderboard, board: Board, entries: Sequence[Entry]) -> Table:
    placed = any(one.placement for one in entries)
    limits = _limits([one.measured[leaderboard.metrics[0]] for one in entries])
    rows = (
        Row(
            plugin=entry.plugin,
            cells=(
                *([_place(entry)] if placed else []),
                *_metrics(leaderboard, entry, limits),
                _scored(entry, board.provenance),
                Cell(text=str(entry.distinct), sort=entry.distinct),
                *(_costs(entry) if isinstance(board.provenance, ComputedScores) else ()),
            ),
        )
        for entry in entries
    )
    return Table(
        columns=_columns(leaderboard, board, placed=placed),
        rows=tuple(rows),
        sorted_by=leaderboard.metrics[0],
        notes=(
            *undefined_notes(leaderboard, entries),
            *(shortened(note, LONGEST_NOTE) for note in failure_notes(entries)),
        ),
    )


def _columns(leaderboard: Leaderboard, board: Board, *, placed: bool) -> tuple[Column, ...]:
    costs = ("ms / network", "peak MiB") if isinstance(board.provenance, ComputedScores) else ()
    return (
        Column(head="plugin", first="ascending"),
        *([Column(head="place", first="ascending")] if placed else []),
        *(Column(head=name, first=_best_first(name)) for name in leaderboard.metrics),
        *(Column(head=name, first="descending") for name in ("scored", "distinct")),
        *(Column(head=name, first="ascending") for name in costs),
    )


def _limits(measured: Sequence[Estimate]) -> tuple[float, float]:
    """Return the narrowest range that holds zero and all intervals."""
    intervals = [one.interval for one in measured if isinstance(one.interval, Interval)]
    low = min([0.0, *(one.low for one in intervals)])
    return low, max([low, 0.0, *(one.high for one in intervals)])


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


def _metrics(
    leaderboard: Leaderboard, entry: Entry, limits: tuple[float, float]
) -> tuple[Cell, ...]:
    first, *others = (_metric(entry.measured[name]) for name in leaderboard.metrics)
    bar = _bar(entry.measured[leaderboard.metrics[0]], limits)
    return replace(first, bar=bar), *others


def _metric(measured: Estimate) -> Cell:
    match measured.value, measured.interval:
        case Undefined(), _:
            return Cell(text="undefined")
        case Defined(value=value), Interval(low=low, high=high):
            return Cell(text=number(value), detail=f"[{number(low)}, {number(high)}]", sort=value)
        case Defined(value=value), _:
            return Cell(text=number(value), detail="no interval", sort=value)


def _bar(measured: Estimate, limits: tuple[float, float]) -> Bar | None:
    value, interval = measured.value, measured.interval
    width = limits[1] - limits[0]
    if isinstance(value, Undefined) or isinstance(interval, Undefined) or width == 0:
        return None
    zero, low, at, high = (
        round((one - limits[0]) / width, 4)
        for one in (0.0, interval.low, value.value, interval.high)
    )
    return Bar(zero=zero, low=low, value=at, high=high)


def _scored(entry: Entry, provenance: Provenance) -> Cell:
    return Cell(
        text=f"{entry.scored}/{entry.drawn}",
        detail=f"{entry.missing} {_unknown(provenance)}" if entry.missing else "",
        reasons=tuple(
            Reason(text=text, short=shortened(text)) for text in kinds_with_reasons(entry.failures)
        ),
        sort=entry.coverage,
    )


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
        Cell(
            text=milliseconds(median),
            detail=f"{milliseconds(low)} to {milliseconds(high)}",
            sort=median,
        ),
        Cell(text="unknown" if memory is None else f"{memory:.0f}", sort=memory),
    )


def milliseconds(value: float) -> str:
    """Write milliseconds with two or three digits that mean something."""
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 1 else f"{value:.2g}"
