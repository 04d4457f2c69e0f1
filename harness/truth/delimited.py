"""Delimited text as spreadsheets and pandas write it: what a user's own table may be.

Published files are read by `harness.truth.file_formats`, which takes them as they are known to be.
Here the heading tells what separates columns, a byte order mark and blanks around names are no part
of them, rows of empty cells are none, and a comma may stand for the decimal point where it does not
separate columns.
"""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from harness.core.errors import DataError
from harness.truth.reading import finite, quote

__all__ = ["Delimited", "first_heading"]

_NAMES = {",": "commas", ";": "semicolons", "\t": "tabs"}
_PLAIN = frozenset("0123456789+-.eEinfatyINFATY")
"""Characters of numbers; Python reads underscores and digits of other scripts too."""

_DECIMAL_COMMA = re.compile(r"[+-]?\d+,\d+", re.ASCII)
_THOUSANDS = re.compile(r"[+-]?[1-9]\d{0,2},\d{3}", re.ASCII)


@dataclass(slots=True, kw_only=True)
class Delimited:
    """One file.

    Attributes:
        where: Its name, for messages.
        texts: Columns of texts that it must have.
        numbers: Columns of numbers that it must have.
        bounded: Whether the numbers are below 1,000, so that no comma separates thousands.
        separators: What may separate columns.
    """

    where: str
    texts: tuple[str, ...]
    numbers: tuple[str, ...]
    bounded: bool
    separators: str = "".join(_NAMES)
    _marks: dict[str, str] = field(default_factory=dict)

    def rows(self, data: bytes) -> Iterator[tuple[int, Mapping[str, object]]]:
        """Yield the number of each row, counted as in a text editor, and its cells.

        A cell of a column of numbers is a finite number, or None where it is empty.

        Raises:
            DataError: No such text in UTF-8, a missing or repeated column, a row of another length,
                or a cell that is no number, or may be two.
        """
        try:
            text = data.decode("utf-8-sig")
            separator, heading = self._heading(text)
            reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
            next(reader)
            for cells in reader:
                if not any(cell.strip() for cell in cells):
                    continue
                place = f"{self.where}, row {reader.line_num}"
                if len(cells) != len(heading):
                    found = (
                        f'more; put a text that holds "{separator}" into double quotes'
                        if len(cells) > len(heading)
                        else "fewer"
                    )
                    raise DataError(f"{place}: expected {len(heading)} cells, found {found}")
                row: dict[str, object] = dict(zip(heading, cells, strict=True))
                for column in self.numbers:
                    row[column] = self._number(
                        str(row[column]), separator, f"{place}, column {column}"
                    )
                yield reader.line_num, row
        except (csv.Error, UnicodeDecodeError) as error:
            raise DataError(f"{self.where} is no readable CSV in UTF-8: {error}") from None

    def _heading(self, text: str) -> tuple[str, Sequence[str]]:
        """Return the separator under which the heading has all columns, and the heading."""
        columns = (*self.texts, *self.numbers)
        headings = {separator: _first_row(text, separator) for separator in self.separators}
        for separator, heading in headings.items():
            if not set(columns) <= set(heading):
                continue
            if len(set(heading)) != len(heading):
                raise DataError(f"{self.where} has two columns of the same name: {quote(heading)}")
            return separator, heading
        heading = max(headings.values(), key=len)
        missing = next((column for column in columns if column not in heading), columns[0])
        names = " or ".join(_NAMES[separator] for separator in self.separators)
        raise DataError(
            f"{self.where} has no column {missing!r}; it has {quote(heading)} (columns are "
            f"separated by {names})"
        )

    def _number(self, text: str, separator: str, place: str) -> float | None:
        stripped = text.strip()
        if not stripped:
            return None
        if separator != "," and _DECIMAL_COMMA.fullmatch(stripped):
            if _THOUSANDS.fullmatch(stripped) and not self.bounded:
                raise DataError(
                    f"{place}: the comma of {quote(text)} may separate decimals or thousands; "
                    "write the number without it"
                )
            self._mark("a decimal comma", place)
            stripped = stripped.replace(",", ".")
        elif "." in stripped:
            self._mark("a decimal point", place)
        try:
            value = float(stripped if _PLAIN.issuperset(stripped) else "")
        except ValueError:
            raise DataError(
                f"{place}: expected a number, found {quote(text)}; write the number alone, or "
                "leave the cell empty where there is no value"
            ) from None
        if math.isnan(value):
            raise DataError(
                f"{place}: expected a finite number, found {quote(text)}; leave the cell empty "
                "where there is no value"
            )
        return finite(value, place)

    def _mark(self, mark: str, place: str) -> None:
        self._marks.setdefault(mark, place)
        for other, elsewhere in self._marks.items():
            if other != mark:
                raise DataError(
                    f"{place}: {mark}, but {other} in {elsewhere.removeprefix(f'{self.where}, ')}; "
                    "write all numbers of the table alike"
                )


def first_heading(data: bytes, where: str, separators: str) -> tuple[str, ...]:
    """Return the names in the first row, under the separator that gives most of them.

    Raises:
        DataError: No text in UTF-8.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DataError(f"{where} is no readable CSV in UTF-8: {error}") from None
    rows: list[list[str]] = [_first_row(text, separator) for separator in separators]
    longest = max(rows, key=len)
    return tuple(longest)


def _first_row(text: str, separator: str) -> list[str]:
    try:
        row = next(csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True), [])
    except csv.Error:
        return []
    return [cell.strip() for cell in row]
