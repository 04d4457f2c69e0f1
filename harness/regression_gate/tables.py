"""The tables of a stored baseline: one row an architecture, one column a plugin's numbers.

Numbers are written so that they read back exactly. Six digits would tie scores that differ and
so move ranks: a baseline would no longer equal itself. A failure is written as its kind.
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from harness.core.errors import DataError
from harness.core.outcome import FailureKind
from harness.evaluation import SKIPPED
from harness.regression_gate.snapshot import Snapshot
from harness.regression_gate.taking import NOT_ASKED

__all__ = ["Table", "parse", "part_column", "scores_table", "seconds_table"]

_KINDS = frozenset([*(str(kind) for kind in FailureKind), SKIPPED, NOT_ASKED])
_KEY = "architecture"


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A parsed table.

    Attributes:
        texts: Texts of the architectures, in the order of the rows.
        columns: Name of a column to its cells, one a row.
    """

    texts: tuple[str, ...]
    columns: Mapping[str, tuple[str, ...]]

    def numbers(self, column: str, where: str) -> dict[str, float]:
        """Return the finite numbers of a column by architecture; other cells are left out.

        Raises:
            DataError: A cell is neither empty, nor a kind of failure, nor a finite number.
        """
        finite = {}
        for text, cell in zip(self.texts, self.columns[column], strict=True):
            if cell and cell not in _KINDS:
                finite[text] = _number(cell, f"{where} [{text}, {column}]")
        return finite

    def kinds(self, column: str) -> dict[str, str]:
        """Return the kinds of failure in a column by architecture."""
        cells = zip(self.texts, self.columns[column], strict=True)
        return {text: cell for text, cell in cells if cell in _KINDS}


def scores_table(snapshot: Snapshot) -> str:
    """Write scores, components of set-level proxies and kinds of failure."""
    columns: dict[str, Mapping[str, str]] = {}
    for name in sorted(snapshot.plugins):
        plugin = snapshot.plugins[name]
        columns[name] = {**plugin.failures, **{text: repr(n) for text, n in plugin.scores.items()}}
        for part, numbers in plugin.parts.items():
            columns[part_column(name, part)] = {text: repr(n) for text, n in numbers.items()}
    return _written(snapshot, columns)


def seconds_table(snapshot: Snapshot) -> str:
    """Write seconds to four digits, which is more than a clock repeats."""
    columns = {
        name: {text: f"{seconds:.4g}" for text, seconds in times.seconds.items()}
        for name in sorted(snapshot.plugins)
        if (times := snapshot.plugins[name].times) is not None
    }
    return _written(snapshot, columns)


def part_column(plugin: str, part: str) -> str:
    """Return the name of a component's column."""
    return f"{plugin}/{part}"


def parse(content: str, columns: Sequence[str], where: str) -> Table:
    """Read a table that must have exactly these columns.

    Raises:
        DataError: It has others, or rows of other lengths, or an architecture twice.
    """
    try:
        rows = list(csv.reader(io.StringIO(content), strict=True))
    except csv.Error as error:
        raise DataError(f"{where} is not CSV: {error}; {REMEDY}") from error
    if not rows or rows[0] != [_KEY, *columns]:
        raise DataError(f"{where} has other columns than baseline.json says; {REMEDY}")
    texts = tuple(row[0] for row in rows[1:] if row)
    if any(len(row) != len(rows[0]) for row in rows) or len(set(texts)) != len(texts):
        raise DataError(f"{where} has a row that is cut short or stands twice; {REMEDY}")
    cells = zip(*(row[1:] for row in rows[1:]), strict=True)
    by_column = dict(zip(columns, cells, strict=True)) if texts else dict.fromkeys(columns, ())
    return Table(texts=texts, columns=by_column)


REMEDY = "restore it from version control, or write it anew with --update-baseline"


def _written(snapshot: Snapshot, columns: Mapping[str, Mapping[str, str]]) -> str:
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow([_KEY, *columns])
    for text in sorted(snapshot.population.texts):
        writer.writerow([text, *(cells.get(text, "") for cells in columns.values())])
    return stream.getvalue()


def _number(cell: str, where: str) -> float:
    try:
        number = float(cell)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise DataError(f"{where} is {cell!r}, neither a number nor a failure; {REMEDY}")
    return number
