"""A user's own ground truth: a table of values and a small TOML that says what they are.

name = "my-accuracies"
space = "nas-bench-201"
dataset = "cifar10"
split = "validation"          # validation, test or unstated
metric = "accuracy"
unit = "percent"              # percent, fraction, ssim, negative loss, seconds or number
direction = "higher"          # or lower
table = "accuracies.csv"      # beside this file; CSV with a heading, or Parquet
architecture = "cell"         # column of architectures, in any notation of the space
values = ["run1", "run2"]     # one column, or one a training run; empty cells are no run
epochs = 200                  # may be left out
verbatim = false              # true: the space is not known here, keep texts as they are
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from harness.core.errors import DataError, InfrastructureError
from harness.core.toml_file import read_toml
from harness.spaces.registry import space
from harness.truth.noise import noise_ceiling
from harness.truth.reading import Ledger, Reading, quoted
from harness.truth.registry_file import checked
from harness.truth.table import TruthTable, content_digest
from harness.truth.text_file import csv_rows, number

if TYPE_CHECKING:
    from harness.truth.own_model import OwnTruth

__all__ = ["load_own"]


def load_own(description: Path) -> TruthTable:
    """Load a user's own ground truth.

    Args:
        description: The TOML file.

    Raises:
        DataError: It, or the table, holds something else than described above; the message
            names the row and the column.
        InfrastructureError: A file cannot be read, or Parquet without the package pyarrow.
        UsageError: There is no such space.
    """
    own = _description(description)
    table = description.parent / own.table
    reading = _reading(table, own)
    runs_of = reading.runs if len(own.values) > 1 else {}
    return TruthTable(
        task=own.name,
        space=own.space,
        dataset=own.dataset,
        split=own.split,
        metric=own.metric,
        unit=own.unit,
        direction=own.direction,
        epochs=own.epochs,
        sources=(str(description), str(table)),
        values=reading.values,
        runs=runs_of,
        noise_ceiling=noise_ceiling(runs_of),
        digest=content_digest(reading.values),
    )


def _reading(table: Path, own: OwnTruth) -> Reading:
    ledger = Ledger(str(table), own.unit)
    for row, cells in _rows(table, own):
        where = f"{table}, row {row}"
        text = _text(cells[own.architecture], own, f"{where}, column {own.architecture}")
        found = [_value(cells, column, f"{where}, column {column}") for column in own.values]
        runs = [value for value in found if value is not None]
        ledger.add_runs(text, runs, f"row {row}, column {', '.join(own.values)}")
    reading = ledger.reading()
    if not reading.values:
        raise DataError(f"{table} has no rows")
    return reading


def _description(path: Path) -> OwnTruth:
    from harness.truth.own_model import OwnTruth

    own = checked(OwnTruth, read_toml(path), str(path))
    if Path(own.table).is_absolute() or ".." in Path(own.table).parts:
        raise DataError(
            f"{path}, table: {own.table} is not beside the description; put the two files together"
        )
    return own


def _rows(table: Path, own: OwnTruth) -> Iterator[tuple[int, Mapping[str, object]]]:
    columns = (own.architecture, *own.values)
    match table.suffix:
        case ".csv":
            yield from csv_rows(_bytes(table), str(table), columns)
        case ".parquet":
            yield from _parquet(table, columns)
        case other:
            raise DataError(f"{table}: tables are .csv or .parquet files, not {other!r}")


def _parquet(table: Path, columns: tuple[str, ...]) -> Iterator[tuple[int, Mapping[str, object]]]:
    try:
        arrow = importlib.import_module("pyarrow")
        parquet = importlib.import_module("pyarrow.parquet")
    except ImportError:
        raise InfrastructureError(
            f"reading {table} needs the package pyarrow; run: pip install pyarrow, or use CSV"
        ) from None
    try:
        rows = parquet.read_table(table, columns=list(columns)).to_pylist()
    except (arrow.ArrowException, OSError) as error:
        raise DataError(f"{table} is no readable Parquet file: {error}") from None
    for index, row in enumerate(rows, start=1):
        missing = [column for column in columns if column not in row]
        if missing:
            raise DataError(f"{table} has no column {missing[0]!r}")
        yield index, row


def _text(cell: object, own: OwnTruth, where: str) -> str:
    if not isinstance(cell, str) or not cell.strip():
        raise DataError(f"{where}: expected an architecture, found {quoted(cell)}")
    if own.verbatim:
        return cell
    try:
        return space(own.space).parse(cell).text
    except DataError as error:
        raise DataError(f"{where}: {error}") from None


def _value(cells: Mapping[str, object], column: str, where: str) -> object:
    cell = cells[column]
    if isinstance(cell, str):
        return number({column: cell}, column, where) if cell.strip() else None
    return cell


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise InfrastructureError(f"cannot read {path}: {error.strerror or error}") from None
