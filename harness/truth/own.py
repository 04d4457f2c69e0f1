"""A user's own ground truth: a table of values and a small TOML that says what they are.

name = "my-accuracies"
space = "nas-bench-201"       # or the file of a space of one's own
dataset = "cifar10"
split = "validation"          # validation, test or unstated
metric = "accuracy"
unit = "percent"              # or another of `harness.truth.unit.Unit`, e.g. seconds or number
direction = "higher"          # or lower
table = "accuracies.csv"      # beside this file; CSV or TSV with a heading, or Parquet
architecture = "cell"         # column of architectures, in any notation of the space
values = ["run1", "run2"]     # one column, or one a training run; empty cells are no run
seed = "seed"                 # where each run has a row: the column that tells the runs apart
epochs = 200                  # may be left out
verbatim = false              # true: keep texts as they are, for networks without a space

The value of an architecture is the mean of its runs. One without any is left out and counted.

A table with a column ``architecture`` (or ``network``) and one of numbers needs no description:
higher numbers are better, and their unit is unknown. Other files are read by a reader of one's own,
see `harness.truth.own_reading`.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from harness.core.direction import Direction
from harness.core.errors import DataError, InfrastructureError
from harness.core.files import read_toml
from harness.own_code.offers import python_file
from harness.spaces.datasets import dataset
from harness.spaces.published import text_in
from harness.spaces.registry import names_space, require_space, space
from harness.truth.own_reading import read_own
from harness.truth.own_table import ARCHITECTURE, TABLES, Row, headings, require_beside, rows
from harness.truth.percentages import require_percentages
from harness.truth.places import Places
from harness.truth.reading import Ledger, Reading, quote
from harness.truth.registry_file import validate_file
from harness.truth.registry_models import OwnReading, OwnTruth
from harness.truth.table import UNSTATED, TruthTable, content_digest, noise_ceiling
from harness.truth.task import Split
from harness.truth.unit import Unit, limits

__all__ = ["NAMES", "is_description", "keeps_texts", "load_own", "read_description"]

NAMES = "names"
"""Space of tables whose architectures are names and that do not say what they belong to."""


def load_own(
    description: Path, space_name: str | None = None, places: Places | None = None
) -> TruthTable:
    """Load a user's own ground truth.

    Args:
        description: The TOML file, or a table that needs none.
        space_name: Space of the architectures of such a table; absent for names alone.
        places: Where files of repositories are looked for; those of the environment by default.

    Raises:
        DataError: It, or the table, holds something else than described above; the message
            names the row and the column.
        InfrastructureError: A file cannot be read, or Parquet without the package pyarrow.
        UsageError: There is no such space, or no such file of a data set.
    """
    own = (
        _undescribed(description, space_name)
        if _is_table(description)
        else read_description(description)
    )
    if not own.verbatim:
        own = own.model_copy(update={"space": require_space(own.space, f"{description} [space]")})
    if python_file(own.dataset) is not None:
        known = dataset(own.dataset, f"{description} [dataset]")
        own = own.model_copy(update={"dataset": known.name})
    if isinstance(own, OwnReading):
        reading, file = read_own(description, own, places or Places.from_environment())
        return _table(own, (description, file), reading)
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
    reading = Reading(values=values, runs=runs)
    return _table(own, (description, table), reading, len(runs_of) - len(values))


def _table(
    own: OwnTruth | OwnReading, files: tuple[Path, Path], reading: Reading, without_value: int = 0
) -> TruthTable:
    return TruthTable(
        task=own.name,
        space=own.space,
        dataset=own.dataset,
        split=own.split,
        metric=own.metric,
        unit=own.unit,
        direction=own.direction,
        epochs=own.epochs,
        sources=tuple(dict.fromkeys(map(str, files))),
        values=reading.values,
        runs=reading.runs,
        noise_ceiling=noise_ceiling(reading.runs),
        digest=content_digest(reading.values),
        without_value=without_value,
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


def is_description(path: Path) -> bool:
    """Tell whether a TOML describes ground truth, by the keys that a suite has not.

    Raises:
        DataError: It cannot be read.
    """
    return path.is_file() and not {"table", "reader"}.isdisjoint(read_toml(path))


def keeps_texts(description: Path) -> bool:
    """Tell whether the texts of a user's own table are names, which no space reads.

    Raises:
        DataError: Its description holds something unexpected.
    """
    return _is_table(description) or read_description(description).verbatim


def _is_table(path: Path) -> bool:
    return path.suffix.lower() in TABLES


def _undescribed(table: Path, space_name: str | None) -> OwnTruth:
    """Describe a table by its heading."""
    heads = headings(table)
    architecture = next((head for head in ARCHITECTURE if head in heads), None)
    values = [head for head in heads if head not in (architecture, "")]
    if architecture is None or len(values) != 1:
        raise DataError(
            f"{table} has the columns {quote(list(heads))}; a table without a description has a "
            "column 'architecture' and one of values: describe others by a TOML "
            "(docs/ground-truth.md)"
        )
    return OwnTruth(
        name=re.sub(r"[^A-Za-z0-9._+-]", "-", table.stem).lstrip("._+-") or "table",
        space=space_name or NAMES,
        dataset=UNSTATED,
        split=Split.UNSTATED,
        metric=values[0],
        unit=Unit.NUMBER,
        direction=Direction.HIGHER,
        table=table.name,
        architecture=architecture,
        values=(values[0],),
        verbatim=space_name is None or not names_space(space_name),
    )


def read_description(path: Path) -> OwnTruth | OwnReading:
    """Read what a TOML says of a user's own ground truth.

    Raises:
        DataError: It holds something else than described above.
    """
    written = read_toml(path)
    if "reader" in written:
        return validate_file(OwnReading, written, str(path))
    own = validate_file(OwnTruth, written, str(path))
    require_beside(path, own.table)
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


def _rows(table: Path, own: OwnTruth) -> Iterator[Row]:
    low, high = limits(own.unit)
    texts = (own.architecture, *([own.seed] if own.seed else []))
    return rows(table, texts, own.values, bounded=high - low < 1_000)


def _text(cell: object, own: OwnTruth, where: str) -> str:
    if not isinstance(cell, str) or not cell.strip():
        raise DataError(f"{where}: expected an architecture, found {quote(cell)}")
    return cell if own.verbatim else text_in(space(own.space), cell, where)
