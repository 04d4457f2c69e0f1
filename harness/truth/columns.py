"""Tables of one's own without a description: a column of architectures, and any of numbers.

The architectures are in the column ``architecture``, or in the first where there is none of that
name, in any notation of the space. Everything else is as `harness.truth.own_table` reads it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from harness.core.architecture import Space
from harness.core.direction import Direction
from harness.core.errors import DataError, unknown_name
from harness.core.numbers import plain_number
from harness.spaces.published import text_in
from harness.spaces.registry import space
from harness.truth.column_guard import warn_of_columns
from harness.truth.imported_scores import ScoreItems
from harness.truth.own_table import headings, rows
from harness.truth.places import Places
from harness.truth.reading import finite, quote
from harness.truth.table import TruthTable, content_digest
from harness.truth.task import Split
from harness.truth.unit import Unit

__all__ = ["OwnColumns", "given_labels", "heading", "read_columns", "read_labels"]

_ARCHITECTURE: Final = "architecture"
_ACCURACY: Final = "accuracy"


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnColumns:
    """Some columns of a table.

    Attributes:
        where: Path of the table.
        texts: Its architectures, in the order of the rows.
        values: By column, then by text of an architecture; None where the cell is empty.
    """

    where: str
    texts: tuple[str, ...]
    values: Mapping[str, Mapping[str, float | None]]


def heading(path: Path) -> tuple[str, ...]:
    """Return the names of the columns of values.

    Raises:
        DataError: It is no CSV with a heading.
        InfrastructureError: It cannot be read.
    """
    _, names = _opened(path)
    return names


def read_columns(path: Path, space_name: str, columns: Sequence[str]) -> OwnColumns:
    """Read columns of numbers by architecture.

    Args:
        path: A ``.csv`` or ``.tsv`` file.
        space_name: Name of the space.
        columns: Their names; none for the architectures alone.

    Raises:
        UsageError: It has no column of a name.
        DataError: A row holds no architecture of the space, an architecture twice, or a cell that
            is no number.
        InfrastructureError: It cannot be read.
    """
    key, known = _opened(path)
    for column in columns:
        if column not in known:
            raise unknown_name("column", column, known, str(path))
    where = space(space_name)
    if _is_read(where, key) and not _is_read(where, _ARCHITECTURE):  # some spaces read any text
        raise DataError(
            f"{path} has no heading: its first row names the architecture {key}; write "
            f"{_ARCHITECTURE!r} and the names of other columns above it"
        )
    texts: dict[str, None] = {}
    values: dict[str, dict[str, float | None]] = {column: {} for column in columns}
    for row, cells in rows(path, (key,), tuple(columns)):
        place = f"{path}, row {row}"
        text = _text(where, cells[key], f"{place}, column {key}")
        if text in texts:
            raise DataError(f"{place}: architecture {text} occurs a second time; leave one row")
        texts[text] = None
        for column in columns:
            cell = cells[column]
            values[column][text] = cell if isinstance(cell, float) else None
    if not texts:
        raise DataError(f"{path} has no rows")
    return OwnColumns(where=str(path), texts=tuple(texts), values=values)


def read_labels(path: Path, space_name: str, dataset: str, direction: Direction) -> TruthTable:
    """Read what trained networks came to: the column ``accuracy``, or the only one of values.

    An architecture whose cell is empty is left out and counted.

    Args:
        path: A ``.csv`` or ``.tsv`` file.
        space_name: Name of the space.
        dataset: What the networks were trained on.
        direction: Which values are better.

    Raises:
        DataError: As for `read_columns`, or it has several columns of values.
        InfrastructureError: It cannot be read.
    """
    known = heading(path)
    if not known:
        raise DataError(f"{path} has a column of architectures alone; it needs one of values too")
    if _ACCURACY not in known and len(known) != 1:
        raise DataError(
            f"{path} has {len(known)} columns of values, {quote(list(known))}; call the one of "
            f"labels {_ACCURACY!r}, or describe the table in a .toml file"
        )
    column = _ACCURACY if _ACCURACY in known else known[0]
    cells = read_columns(path, space_name, [column]).values[column]
    values = {text: value for text, value in cells.items() if value is not None}
    if not values:
        raise DataError(f"{path} has no value in column {column!r}")
    table = replace(
        _labels(str(path), space_name, dataset, direction, cells), task=path.stem, metric=column
    )
    warn_of_columns(table, Places.from_environment())
    return table


def given_labels(
    items: ScoreItems, space_name: str, dataset: str, direction: Direction
) -> TruthTable:
    """Take what trained networks came to from a running program; None is no value.

    Raises:
        DataError: A name is no architecture of the space, an architecture comes twice, a value is
            no finite number, or there is none.
    """
    where, cells = space(space_name), dict[str, float | None]()
    for name, value in items.items():
        place = f"labels, architecture {quote(name)}"
        text = _text(where, name, place)
        if text in cells:
            raise DataError(f"{place}: it occurs a second time; leave one")
        number = plain_number(value)
        cells[text] = None if number is None else finite(number, place)
    if all(cell is None for cell in cells.values()):
        raise DataError("labels have no value; give them by architecture")
    return _labels("labels", space_name, dataset, direction, cells)


def _labels(
    where: str,
    space_name: str,
    dataset: str,
    direction: Direction,
    cells: Mapping[str, float | None],
) -> TruthTable:
    values = {text: value for text, value in cells.items() if value is not None}
    return TruthTable(
        task="labels",
        space=space_name,
        dataset=dataset,
        split=Split.UNSTATED,
        metric=_ACCURACY,
        unit=Unit.NUMBER,
        direction=direction,
        epochs=None,
        sources=(where,),
        values=values,
        runs={},
        noise_ceiling=None,
        digest=content_digest(values),
        without_value=len(cells) - len(values),
    )


def _opened(path: Path) -> tuple[str, tuple[str, ...]]:
    """Return the name of the column of architectures, and those of the others."""
    if path.suffix.lower() not in (".csv", ".tsv"):
        raise DataError(f"{path}: such tables are .csv or .tsv files, not {path.suffix.lower()!r}")
    names = headings(path)
    if not any(names):
        raise DataError(f"{path} has no heading; name its columns in the first row")
    key = _ARCHITECTURE if _ARCHITECTURE in names else names[0]
    return key, tuple(name for name in names if name != key)


def _is_read(where: Space, text: str) -> bool:
    try:
        text_in(where, text, "")
    except DataError:
        return False
    return True


def _text(where: Space, cell: object, place: str) -> str:
    if not isinstance(cell, str) or not cell.strip():
        raise DataError(f"{place}: expected an architecture, found {quote(cell)}")
    return text_in(where, cell, place)
