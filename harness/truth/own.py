"""A user's own ground truth: a table of values and a small TOML that says what they are.

name = "my-accuracies"
space = "nas-bench-201"       # or the file of a space of one's own
dataset = "cifar10"
split = "validation"          # validation, test or unstated
metric = "accuracy"
unit = "percent"              # percent, fraction, ssim, negative loss, seconds or number
direction = "higher"          # or lower
table = "accuracies.csv"      # beside this file; CSV or TSV with a heading, or Parquet
architecture = "cell"         # column of architectures, in any notation of the space
values = ["run1", "run2"]     # one column, or one a training run; empty cells are no run
seed = "seed"                 # where each run has a row: the column that tells the runs apart
epochs = 200                  # may be left out
verbatim = false              # true: keep texts as they are; no command takes such a table

The value of an architecture is the mean of its runs. One without any is left out and counted.
"""

from __future__ import annotations

import importlib
import math
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from harness.core.errors import DataError, InfrastructureError
from harness.core.files import read_toml
from harness.own_code.named_values import names_file
from harness.spaces.datasets import dataset
from harness.spaces.registry import require_space, space
from harness.truth.delimited import Delimited
from harness.truth.percentages import require_percentages
from harness.truth.reading import Ledger, quote
from harness.truth.registry_file import validate_file
from harness.truth.table import TruthTable, content_digest, noise_ceiling
from harness.truth.unit import Unit, limits

if TYPE_CHECKING:
    from harness.truth.registry_models import OwnTruth

__all__ = ["load_own"]


def load_own(description: Path) -> TruthTable:
    """Load a user's own ground truth.

    Args:
        description: The TOML file.

    Raises:
        DataError: It, or the table, holds something else than described above; the message
            names the row and the column.
        InfrastructureError: A file cannot be read, or Parquet without the package pyarrow.
        UsageError: There is no such space, or no such file of a data set.
    """
    own = _description(description)
    if not own.verbatim:
        own = own.model_copy(update={"space": require_space(own.space, f"{description} [space]")})
    if names_file(own.dataset):
        known = dataset(own.dataset, f"{description} [dataset]")
        own = own.model_copy(update={"dataset": known.name})
    table = description.parent / own.table
    try:
        runs_of = _runs(table, own)
    except InfrastructureError as error:
        raise InfrastructureError(f"{error}; {description} names this table") from error
    values = {text: math.fsum(runs) / len(runs) for text, runs in runs_of.items() if runs}
    if not values:
        raise DataError(f"{table} has no {'value in any of its rows' if runs_of else 'rows'}")
    several = len(own.values) > 1 or own.seed is not None
    runs = {text: runs_of[text] for text in values} if several else {}
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
        values=values,
        runs=runs,
        noise_ceiling=noise_ceiling(runs),
        digest=content_digest(values),
        without_value=len(runs_of) - len(values),
    )


def _runs(table: Path, own: OwnTruth) -> dict[str, tuple[float, ...]]:
    """Return the values of every architecture's runs; of one without any, none."""
    ledger = Ledger(str(table), own.unit)
    runs_of: dict[str, dict[str, float | None]] = {}
    names: dict[str, None] = {}
    places: list[tuple[float, str]] = []
    for row, cells in _rows(table, own):
        where = f"{table}, row {row}"
        text = _text(cells[own.architecture], own, f"{where}, column {own.architecture}")
        runs = runs_of.setdefault(text, {})
        for column in own.values:
            name = _run(cells, column, own, where)
            if name in runs:
                raise DataError(_twice(text, own, where))
            names[name] = runs[name] = None
            if cells[column] is not None:
                number = ledger.number(cells[column], f"row {row}, column {column}")
                places.append((number, f"{where}, column {column}"))
                runs[name] = number
    if own.unit is Unit.PERCENT:
        require_percentages(places, str(table), own.direction)
    return {text: _in_order(runs, names) for text, runs in runs_of.items()}


def _in_order(runs: Mapping[str, float | None], names: Iterable[str]) -> tuple[float, ...]:
    values = (runs.get(name) for name in names)
    return tuple(value for value in values if value is not None)


def _run(cells: Mapping[str, object], column: str, own: OwnTruth, where: str) -> str:
    """Return the name of the training run that a cell is of: its column, or its row's seed."""
    if own.seed is None:
        return column
    cell = cells[own.seed]
    seed = "" if cell is None else str(cell).strip()
    if not seed:
        raise DataError(
            f"{where}, column {own.seed}: expected the seed of a run, found {quote(cell)}"
        )
    return seed


def _twice(text: str, own: OwnTruth, where: str) -> str:
    if own.seed is None:
        return (
            f"{where}: architecture {text} occurs a second time; leave one row, or declare the "
            "column that tells its training runs apart as seed"
        )
    return f"{where}, column {own.seed}: architecture {text} occurs a second time with this seed"


def _description(path: Path) -> OwnTruth:
    from harness.truth.registry_models import OwnTruth

    own = validate_file(OwnTruth, read_toml(path), str(path))
    if Path(own.table).is_absolute() or ".." in Path(own.table).parts:
        raise DataError(
            f"{path}, table: {own.table} is not beside the description; put the two files together"
        )
    if own.seed is not None and len(own.values) > 1:
        raise DataError(
            f"{path}, values: {len(own.values)} columns beside a column of seeds; name one column, "
            "or leave seed out"
        )
    columns = [own.architecture, *own.values, *([own.seed] if own.seed else [])]
    for column in columns:
        if columns.count(column) > 1:
            raise DataError(f"{path}: architecture, values and seed name {column!r} twice")
    return own


def _rows(table: Path, own: OwnTruth) -> Iterator[tuple[int, Mapping[str, object]]]:
    texts = (own.architecture, *([own.seed] if own.seed else []))
    match table.suffix.lower():
        case ".csv" | ".tsv" as suffix:
            low, high = limits(own.unit)
            delimited = Delimited(
                where=str(table),
                texts=texts,
                numbers=own.values,
                bounded=high - low < 1_000,
                separators="\t" if suffix == ".tsv" else ",;\t",
            )
            yield from delimited.rows(_bytes(table))
        case ".parquet":
            yield from _parquet(table, (*texts, *own.values))
        case _:
            raise DataError(
                f"{table}: tables are .csv, .tsv or .parquet files, not {table.suffix!r}"
            )


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
    except FileNotFoundError:
        raise InfrastructureError(f"cannot read {table}: No such file or directory") from None
    except (arrow.ArrowException, OSError) as error:
        raise DataError(f"{table} is no readable Parquet file: {error}") from None
    for index, row in enumerate(rows, start=1):
        missing = [column for column in columns if column not in row]
        if missing:
            raise DataError(f"{table} has no column {missing[0]!r}")
        yield index, row


def _text(cell: object, own: OwnTruth, where: str) -> str:
    if not isinstance(cell, str) or not cell.strip():
        raise DataError(f"{where}: expected an architecture, found {quote(cell)}")
    if own.verbatim:
        return cell
    try:
        return space(own.space).parse(cell).text
    except DataError as error:
        raise DataError(f"{where}: {error}") from None


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise InfrastructureError(f"cannot read {path}: {error.strerror or error}") from None
