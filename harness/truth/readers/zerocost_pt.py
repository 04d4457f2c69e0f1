"""Zero-Cost-PT's test accuracies of NAS-Bench-201: one to three training runs a cell, in percent.

Upstream it is a pickle without any global, ``{(4, 2, 1, 2, 1, 1): [85.62, 86.18, 85.79]}``. The
same numbers as CSV have the columns op01, op02, op12, op03, op13, op23 and run1 to run3, which
are empty where a run does not exist. The ids are 0 none, 1 skip_connect, 2 nor_conv_1x1,
3 nor_conv_3x3, 4 avg_pool_3x3, in this order of edges.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from harness.core.errors import DataError
from harness.spaces.published import integers, nas_bench_201_from_nested_ids
from harness.truth import restricted_pickle
from harness.truth.file_formats import Row, csv_rows, number
from harness.truth.locate import Content
from harness.truth.reading import Ledger, Reading, quote, unfit_argument
from harness.truth.unit import Unit

__all__ = ["read"]

_EDGES = ("op01", "op02", "op12", "op03", "op13", "op23")
_RUNS = ("run1", "run2", "run3")

_Entry = tuple[str, object, Sequence[object]]
"""Place, ids and runs."""


def read(content: Content, arguments: Mapping[str, str], unit: Unit) -> Reading:
    """Read the accuracies of every run; a cell's value is their mean.

    Raises:
        DataError: Something in the file is not as described above.
    """
    if arguments:
        raise unfit_argument("zerocost-pt", arguments, "nothing")
    where = str(content.path)
    ledger = Ledger(where, unit)
    for place, ids, runs in _csv(content) if content.path.suffix == ".csv" else _pickle(content):
        six = integers(ids, f"{where}, {place}")
        ledger.add_runs(
            nas_bench_201_from_nested_ids((six[:1], six[1:3], six[3:]), f"{where}, {place}"),
            runs,
            place,
        )
    return ledger.reading()


def _pickle(content: Content) -> Iterator[_Entry]:
    where = str(content.path)
    table = restricted_pickle.load(content.data, {}, where)
    if not isinstance(table, dict):
        raise DataError(f"{where}: expected a dict of cells, found {quote(table)}")
    for ids, runs in table.items():
        place = f"key {quote(ids)}"
        if not isinstance(runs, list) or len(runs) > len(_RUNS):
            raise DataError(f"{where}, {place}: expected one to three runs, found {quote(runs)}")
        yield place, ids, runs


def _csv(content: Content) -> Iterator[_Entry]:
    where = str(content.path)
    for line, row in csv_rows(content.data, where, (*_EDGES, *_RUNS)):
        place = f"row {line}"
        ids = [_id(row, edge, f"{where}, {place}, column {edge}") for edge in _EDGES]
        runs = [number(row, run, f"{where}, {place}, column {run}") for run in _RUNS if row[run]]
        yield place, ids, runs


def _id(row: Row, edge: str, where: str) -> int:
    if not row[edge].isdecimal():
        raise DataError(f"{where}: expected an operation id, found {quote(row[edge])}")
    return int(row[edge])
