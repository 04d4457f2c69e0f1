"""Reads rows of committed JSON and CSV files, and values with intervals in them."""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TypeAlias

from harness.core.errors import DataError
from harness.metrics.values import Estimate, Interval, Undefined
from harness.reports.report_table import optional_estimate

__all__ = [
    "Record",
    "csv_records",
    "estimate_in",
    "grouped",
    "json_records",
    "number_in",
    "strange",
]

Record: TypeAlias = Mapping[str, str | int | float | None]
"""A row: of CSV every value is a text, and an empty one stands for nothing."""

_LEVEL = 0.95


def estimate_in(record: Record, name: str) -> Estimate:
    """Return a value with the interval whose ends stand beside it."""
    low, high = number_in(record, f"{name}_low"), number_in(record, f"{name}_high")
    interval: Interval | Undefined = Undefined(reason="")
    if low is not None and high is not None:
        interval = Interval(low=low, high=high, level=_LEVEL)
    return optional_estimate(number_in(record, name), interval)


def number_in(record: Record, name: str) -> float | None:
    """Return a number of JSON or of CSV, where nothing is an empty text.

    Raises:
        ValueError: It is no finite number.
    """
    value = record.get(name)
    if value is None or value == "":
        return None
    if not math.isfinite(number := float(value)):
        raise ValueError(f"{name} is {value}")
    return number


def grouped(records: Sequence[Record], *names: str) -> dict[tuple[str, ...], list[Record]]:
    """Group records by some of their values, in the order in which these come first."""
    groups: dict[tuple[str, ...], list[Record]] = {}
    for record in records:
        groups.setdefault(tuple(str(record[name]) for name in names), []).append(record)
    return groups


def json_records(path: Path) -> list[Record]:
    """Read a list of records.

    Raises:
        DataError: The file is no JSON, or holds something else.
    """
    try:
        records = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise DataError(f"{path} cannot be read as JSON: {error}; write it again") from error
    if not isinstance(records, list) or not all(isinstance(row, dict) for row in records):
        raise DataError(f"{path} holds no list of records; only tables of the harness lie there")
    return records


def csv_records(path: Path, command: str) -> list[Record]:
    """Read the rows of a CSV file with a head, which a command wrote.

    Raises:
        DataError: The file is no such table, or was cut off within a row.
    """
    try:
        with path.open(encoding="utf-8", newline="") as file:
            head, *rows = csv.reader(file)
        return [dict(zip(head, row, strict=True)) for row in rows]
    except (OSError, ValueError, csv.Error) as error:
        raise strange(path, command, error) from error


def strange(path: Path, command: str, error: Exception) -> DataError:
    """Return what to say of a file whose rows are not what a command writes."""
    return DataError(f"{path} is not as {command} writes it ({error!r}); write it again")
