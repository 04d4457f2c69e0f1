"""NAS-Bench-1Shot1 space 2 as CSV: NAS-Bench-101 cells with three validation and test errors.

Columns ``input``, ``node1`` .. ``node5``, ``output`` hold operation names, ``adj_matrix`` the
7 x 7 adjacency as numpy prints it, and ``val1`` .. ``val3``, ``test1`` .. ``test3`` errors from 0
to 1. The value of an architecture is an accuracy, one minus the error, the mean of three runs.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from harness.core.errors import DataError
from harness.spaces.published import nas_bench_1shot1_from_matrix
from harness.truth.file_formats import Row, csv_rows, number
from harness.truth.locate import Content
from harness.truth.reading import Ledger, Reading, quote, unfit_argument
from harness.truth.unit import Unit

__all__ = ["read"]

_NODES = ("input", "node1", "node2", "node3", "node4", "node5", "output")
_COLUMNS = {"validation": ("val1", "val2", "val3"), "test": ("test1", "test2", "test3")}
_MATRIX = re.compile(r"\[\s*((?:[01]\.\s*)+)\]")


def read(content: Content, arguments: Mapping[str, str], unit: Unit) -> Reading:
    """Read the accuracies on one split.

    Args:
        content: The file.
        arguments: ``split``, ``validation`` or ``test``.
        unit: Unit of the accuracy.

    Raises:
        DataError: Something in the file is not as described above; an adjacency matrix that
            lost rows, as in the file of space 1, among others.
    """
    if set(arguments) != {"split"} or arguments["split"] not in _COLUMNS:
        raise unfit_argument("one-shot-csv", arguments, "split, one of validation, test")
    where = str(content.path)
    columns = _COLUMNS[arguments["split"]]
    ledger = Ledger(where, unit)
    for line, row in csv_rows(content.data, where, (*_NODES, *columns, "adj_matrix")):
        place = f"row {line}"
        matrix = _matrix(row, f"{where}, {place}, column adj_matrix")
        text = nas_bench_1shot1_from_matrix(
            matrix, [row[node] for node in _NODES], f"{where}, {place}"
        )
        errors = [number(row, column, f"{where}, {place}, column {column}") for column in columns]
        ledger.add_runs(text, [1 - error for error in errors], place)
    return ledger.reading()


def _matrix(row: Row, where: str) -> list[list[int]]:
    match = _MATRIX.fullmatch(row["adj_matrix"].strip())
    entries = match[1].split() if match else []
    size = len(_NODES)
    if len(entries) != size * size:
        written = quote(row["adj_matrix"])
        raise DataError(f"{where}: expected {size * size} entries of 0. or 1., found {written}")
    flat = [int(entry == "1.") for entry in entries]
    return [flat[start : start + size] for start in range(0, len(flat), size)]
