"""Tables that users bring: CSV, TSV or Parquet, row by row."""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

from harness.core.errors import DataError, InfrastructureError
from harness.truth.delimited import Delimited, first_heading

__all__ = ["ARCHITECTURE", "TABLES", "Row", "headings", "require_beside", "rows"]

TABLES = (".csv", ".tsv", ".parquet")
"""Endings of tables."""

ARCHITECTURE = ("architecture", "network")
"""Names of the column of architectures in tables without a description."""

Row = tuple[int, Mapping[str, object]]
"""The number of a row, as a text editor or Parquet counts it, and its cells by column."""


def require_beside(description: Path, table: str) -> None:
    """Refuse a description that names a table in another folder.

    Raises:
        DataError: It does.
    """
    if Path(table).is_absolute() or ".." in Path(table).parts:
        raise DataError(
            f"{description}, table: {table} is not beside the description; put the two files "
            "together"
        )


def headings(table: Path) -> tuple[str, ...]:
    """Return the names of a table's columns.

    Raises:
        DataError: It is no such table.
        InfrastructureError: It cannot be read.
    """
    match table.suffix.lower():
        case ".csv" | ".tsv" as suffix:
            return first_heading(_bytes(table), str(table), _separators(suffix))
        case ".parquet":
            with _reading(table) as parquet:
                return tuple(str(name) for name in parquet.read_schema(table).names)
        case _:
            raise _no_table(table)


def rows(
    table: Path, texts: tuple[str, ...], numbers: tuple[str, ...], *, bounded: bool = False
) -> Iterator[Row]:
    """Yield the rows of a table.

    Args:
        table: The file.
        texts: Columns of texts that it must have.
        numbers: Columns of numbers that it must have; an empty cell is None.
        bounded: Whether the numbers are below 1,000, so that no comma separates thousands.

    Raises:
        DataError: It is no such table, or a cell is not what its column should hold.
        InfrastructureError: It cannot be read, or Parquet without the package pyarrow.
    """
    match table.suffix.lower():
        case ".csv" | ".tsv" as suffix:
            delimited = Delimited(
                where=str(table),
                texts=texts,
                numbers=numbers,
                bounded=bounded,
                separators=_separators(suffix),
            )
            yield from delimited.rows(_bytes(table))
        case ".parquet":
            yield from _parquet(table, (*texts, *numbers))
        case _:
            raise _no_table(table)


def _separators(suffix: str) -> str:
    return "\t" if suffix == ".tsv" else ",;\t"


def _no_table(table: Path) -> DataError:
    return DataError(f"{table}: tables are .csv, .tsv or .parquet files, not {table.suffix!r}")


def _parquet(table: Path, columns: tuple[str, ...]) -> Iterator[Row]:
    with _reading(table) as parquet:
        content = parquet.read_table(table, columns=list(columns)).to_pylist()
    for index, row in enumerate(content, start=1):
        missing = [column for column in columns if column not in row]
        if missing:
            raise DataError(f"{table} has no column {missing[0]!r}")
        yield index, row


@contextmanager
def _reading(table: Path) -> Iterator[ModuleType]:
    """Give pyarrow's module of Parquet files, and tell in our words what it cannot read."""
    try:
        arrow = importlib.import_module("pyarrow")
        parquet = importlib.import_module("pyarrow.parquet")
    except ImportError:
        raise InfrastructureError(
            f"reading {table} needs the package pyarrow; run: pip install pyarrow, or use CSV"
        ) from None
    try:
        yield parquet
    except FileNotFoundError:
        raise InfrastructureError(f"cannot read {table}: No such file or directory") from None
    except (arrow.ArrowException, OSError) as error:
        raise DataError(f"{table} is no readable Parquet file: {error}") from None


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise InfrastructureError(f"cannot read {path}: {error.strerror or error}") from None
