"""A task's table as a browser sorts it: what a cell says, and the number behind it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from harness.core.direction import Direction
from harness.evaluation import (
    Board,
    ComputedScores,
    Entry,
    Leaderboard,
    Provenance,
)
from harness.metrics import Estimate, Interval, Metric
from harness.metrics.values import Defined, Undefined
from harness.reports.failures import LONGEST_NOTE, failure_notes, kinds_with_reasons
from harness.reports.leaderboard_tables import (
    archived_text,
    complete_and_incomplete,
    missing_text,
    pair_notes,
    undefined_notes,
)
from harness.reports.report_table import brackets, general, number, shortened

__all__ = ["Bar", "Cell", "Column", "Row", "Table", "board_tables", "milliseconds"]

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
        notes: How many pairs are compared, why values are undefined, and scores absent.
    """

    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    sorted_by: str
    notes: tuple[str, ...]


def board_tables(leaderboard: Leaderboard, board: Board) -> tuple[Table, Table]:
    """Return the table of the complete and that of the incomplete entries; either may be empty."""
    complete, incomplete = complete_and_incomplete(board)
    return _table(leaderboard, board, complete), _table(leaderboard, board, incomplete)


def _table(leaderboard: Leaderboard, board: Board, entries: Sequence[Entry]) -> Table:
    placed = any(entry.rank for entry in entries)
    limits = _limits([entry.measured[leaderboard.metrics[0]] for entry in entries])
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
            *pair_notes(leaderboard, entries),
            *undefined_notes(leaderboard, entries),
            *_without_interval(entries),
            *(shortened(note, LONGEST_NOTE) for note in failure_notes(entries)),
        ),
    )


def _without_interval(entries: Sequence[Entry]) -> list[str]:
    """Say why values have no interval, one sentence a reason with the metrics."""
    metrics: dict[str, dict[str, None]] = {}
    for entry in entries:
        for name, measured in entry.measured.items():
            if isinstance(measured.value, Defined) and isinstance(measured.interval, Undefined):
                metrics.setdefault(measured.interval.reason, {})[name] = None
    return [f"No interval of {', '.join(names)}: {reason}." for reason, names in metrics.items()]


def _columns(leaderboard: Leaderboard, board: Board, *, placed: bool) -> tuple[Column, ...]:
    costs = ("ms / network", "peak MiB") if isinstance(board.provenance, ComputedScores) else ()
    return (
        Column(head="plugin", first="ascending"),
        *([Column(head="place", first="ascending")] if placed else []),
        *(Column(head=metric.name, first=_best_first(metric)) for metric in leaderboard.measures),
        *(Column(head=name, first="descending") for name in ("scored", "distinct")),
        *(Column(head=name, first="ascending") for name in costs),
    )


def _limits(measured: Sequence[Estimate]) -> tuple[float, float]:
    """Return the narrowest range that holds zero and all intervals."""
    known = [each.interval for each in measured if isinstance(each.interval, Interval)]
    low = min([0.0, *(interval.low for interval in known)])
    return low, max([low, 0.0, *(interval.high for interval in known)])


def _best_first(metric: Metric) -> Order:
    match metric.direction:
        case Direction.HIGHER:
            return "descending"
        case Direction.LOWER:
            return "ascending"


def _place(entry: Entry) -> Cell:
    return Cell(text="none") if entry.rank is None else _estimated(entry.rank, general)


def _metrics(
    leaderboard: Leaderboard, entry: Entry, limits: tuple[float, float]
) -> tuple[Cell, ...]:
    first, *others = (_estimated(entry.measured[name], number) for name in leaderboard.metrics)
    bar = _bar(entry.measured[leaderboard.metrics[0]], limits)
    return replace(first, bar=bar), *others


def _estimated(estimate: Estimate, written: Callable[[float], str]) -> Cell:
    match estimate.value, estimate.interval:
        case Undefined(brief=brief), _:
            return Cell(text=brief)
        case Defined(value=value), Interval() as interval:
            return Cell(text=written(value), detail=brackets(interval, written), sort=value)
        case Defined(value=value), _:
            return Cell(text=written(value), detail="no interval", sort=value)


def _bar(measured: Estimate, limits: tuple[float, float]) -> Bar | None:
    value, interval = measured.value, measured.interval
    width = limits[1] - limits[0]
    if isinstance(value, Undefined) or isinstance(interval, Undefined) or width == 0:
        return None
    zero, low, at, high = (
        round((end - limits[0]) / width, 4)
        for end in (0.0, interval.low, value.value, interval.high)
    )
    return Bar(zero=zero, low=low, value=at, high=high)


def _scored(entry: Entry, provenance: Provenance) -> Cell:
    return Cell(
        text=f"{entry.scored}/{entry.drawn}",
        detail=", ".join(filter(None, (archived_text(entry), missing_text(entry, provenance)))),
        reasons=tuple(
            Reason(text=text, short=shortened(text)) for text in kinds_with_reasons(entry.failures)
        ),
        sort=entry.coverage,
    )


def _costs(entry: Entry) -> tuple[Cell, Cell]:
    if entry.timing is None:
        return Cell(text="unknown"), Cell(text="unknown")
    low, median, high = (1000 * seconds for seconds in entry.timing.quartiles_s)
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
