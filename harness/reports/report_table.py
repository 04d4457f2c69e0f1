"""A table of results: typed cells, from which every form for people and programs is written.

For people numbers are rounded as their column says and an estimate is one cell, its interval in
brackets; for programs nothing is rounded and an estimate is three columns.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import TYPE_CHECKING, TypeAlias

from harness.metrics.values import Defined, Estimate, Interval, Undefined, Value

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "Cell",
    "Column",
    "Mark",
    "Plain",
    "Reasons",
    "ReportTable",
    "brackets",
    "cell_text",
    "columns",
    "fixed",
    "general",
    "number",
    "optional",
    "optional_estimate",
    "p_value",
    "percent",
    "shortened",
    "tenths",
]

Plain: TypeAlias = str | int | float | None
"""What programs find in a cell; None is absent."""

_LONGEST = 100
"""Characters of a reason in a cell."""


def number(value: float) -> str:
    """Write a number with three decimals below ten and two above."""
    return f"{value:.3f}" if abs(value) < 10 else f"{value:.2f}"


def general(value: float) -> str:
    """Write a number with as many of six digits as it has, e.g. a rank, whole or half."""
    return f"{value:g}"


def percent(value: float) -> str:
    """Write a share in percent."""
    return f"{value:.0%}"


def tenths(value: float) -> str:
    """Write a share in percent, with a decimal."""
    return f"{value:.1%}"


def p_value(value: float) -> str:
    """Write a p value with two digits, or as a bound."""
    return "< 0.0001" if value < 1e-4 else f"{value:.2g}"


def fixed(decimals: int) -> Callable[[float], str]:
    """Return what writes a number with so many decimals."""
    return lambda value: f"{value:.{decimals}f}"


def shortened(text: str, longest: int = _LONGEST) -> str:
    """Cut off what is too long for people to read in a table; programs get all of it elsewhere."""
    return text if len(text) <= longest else f"{text[: longest - 1].rstrip()}…"


def brackets(interval: Interval, written: Callable[[float], str]) -> str:
    """Write an interval."""
    return f"[{written(interval.low)}, {written(interval.high)}]"


class Reasons(Enum):
    """How much a cell says of why a value or an interval is missing.

    Attributes:
        NONE: That a value is undefined.
        VALUE: Why it is; nothing of a missing interval.
        INTERVAL: That a value is undefined, and why an interval is missing.
        ALL: Why either is missing.
    """

    NONE = auto()
    VALUE = auto()
    INTERVAL = auto()
    ALL = auto()


class Mark(Enum):
    """What sets a cell apart from the others of its column."""

    BEST = auto()
    PARTIAL = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column.

    Attributes:
        head: For people its head; for programs its name, and with the endings ``_low`` and
            ``_high`` those of the ends of an interval.
        number: Writes a number for people.
        reasons: How much is said of what is missing.
        whole: Whether long reasons are written whole; else they are cut off.
    """

    head: str
    number: Callable[[float], str] = number
    reasons: Reasons = Reasons.VALUE
    whole: bool = False


Cell: TypeAlias = Plain | Value | Estimate
"""A text, a number, a value that may be undefined, or one with its interval; None is absent."""


def optional(value: float | None) -> Value:
    """Return a number as a value; absent where there is none."""
    return Undefined(reason="") if value is None else Defined(value=value)


def optional_estimate(value: float | None, interval: Interval | Undefined | None) -> Estimate:
    """Return a number with its interval, each of which may be absent.

    Absent is written as nothing; programs find the columns of value and interval all the same.
    """
    known = Undefined(reason="") if interval is None else interval
    return Estimate(value=optional(value), interval=known)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportTable:
    """Rows of cells under columns.

    Attributes:
        title: Above the table, where it has one.
        rows: One cell a column.
        notes: What must be known to read it, a paragraph each.
        marks: Row and column of a cell that is set apart.
    """

    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    title: str = ""
    notes: tuple[str, ...] = ()
    marks: Mapping[tuple[int, int], Mark] = field(default_factory=dict)

    @classmethod
    def of_records(cls, records: Sequence[Mapping[str, Cell]]) -> ReportTable:
        """Return a table for programs of records that all have the same names."""
        heads = tuple(records[0]) if records else ()
        return cls(
            columns=columns(*heads),
            rows=tuple(tuple(record[head] for head in heads) for record in records),
        )

    @property
    def heads(self) -> list[str]:
        """The heads of the columns."""
        return [column.head for column in self.columns]

    @property
    def texts(self) -> list[list[str]]:
        """The rows as people read them."""
        return [
            [cell_text(cell, column) for cell, column in zip(row, self.columns, strict=True)]
            for row in self.rows
        ]

    @property
    def records(self) -> list[dict[str, Plain]]:
        """The rows as programs read them: unrounded, what is undefined or absent as None.

        All have the same keys: of a column with intervals those of a row without one are None.
        """
        rows = [
            [_plain(cell, column.head) for cell, column in zip(row, self.columns, strict=True)]
            for row in self.rows
        ]
        names = [name for column in zip(*rows, strict=True) for cell in column for name in cell]
        return [
            dict.fromkeys(names) | {name: plain for cell in row for name, plain in cell.items()}
            for row in rows
        ]

    def frame(self) -> pd.DataFrame:
        """Return `records` as a pandas frame."""
        import pandas as pd

        records = self.records
        return pd.DataFrame(records, columns=list(records[0]) if records else self.heads)


def columns(*heads: str | Column, number: Callable[[float], str] = number) -> tuple[Column, ...]:
    """Return columns, those that are only named with the same way to write numbers."""
    return tuple(
        head if isinstance(head, Column) else Column(head=head, number=number) for head in heads
    )


def cell_text(cell: Cell, column: Column) -> str:
    """Return a cell as people read it."""
    match cell:
        case None:
            return ""
        case str():
            return cell
        case int():
            return str(cell)
        case float():
            return column.number(cell)
        case Defined():
            return column.number(cell.value)
        case Undefined():
            text = _undefined(cell, column)
            return text if column.whole else shortened(text)
        case Estimate():
            text = _estimate(cell, column)
            return text if column.whole else shortened(text)


def _estimate(estimate: Estimate, column: Column) -> str:
    value = cell_text(estimate.value, column)
    if isinstance(estimate.value, Undefined):
        return value
    if isinstance(estimate.interval, Interval):
        return f"{value} {brackets(estimate.interval, column.number)}"
    if column.reasons in (Reasons.INTERVAL, Reasons.ALL) and estimate.interval.reason:
        return f"{value} [no interval: {estimate.interval.reason}]"
    return value


def _undefined(value: Undefined, column: Column) -> str:
    if not value.reason:
        return ""
    if column.reasons in (Reasons.VALUE, Reasons.ALL):
        return f"{value.brief}: {value.reason}"
    return value.brief


def _plain(cell: Cell, name: str) -> dict[str, Plain]:
    match cell:
        case Estimate(value=value, interval=interval):
            ends = (interval.low, interval.high) if isinstance(interval, Interval) else (None, None)
            return {**_plain(value, name), f"{name}_low": ends[0], f"{name}_high": ends[1]}
        case Defined(value=known):
            return {name: known}
        case Undefined():
            return {name: None}
        case _:
            return {name: cell}
