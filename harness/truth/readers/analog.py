"""AnalogNAS-Bench: a pickled dict of all NAS-Bench-201 cells, six operation ids to a record.

Columns are ``baseline_accuracy``, ``ptq_accuracy``, ``qat_accuracy``, ``noisy_accuracy``,
``analog_accuracy`` (numbers) and ``{baseline,analog}_drift_{60,3600,86400,2592000}`` (records
with a mean and its uncertainty, of which the mean is taken). The ids and the order of edges are
those of NASLib: 0 skip_connect, 1 none, 2 nor_conv_3x3, 3 nor_conv_1x1, 4 avg_pool_3x3.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping

from harness.core.errors import DataError
from harness.spaces.published import nas_bench_201_from_ids
from harness.truth import restricted_pickle
from harness.truth.locate import Content
from harness.truth.reading import Ledger, Reading, quote, unfit_argument
from harness.truth.unit import Unit

__all__ = ["read"]


class _Record:
    """Holds the attributes of an upstream object; it has none of its behaviour."""

    def __init__(self) -> None:
        self.fields: dict[str, object] = {}

    def __setstate__(self, state: object) -> None:
        if not isinstance(state, dict):
            raise TypeError(f"expected the fields of a record, found {quote(state)}")
        self.fields = state


_ALLOWED = {
    ("analognasbench.data", "Architecture"): _Record,
    ("analognasbench.data", "DriftMeasurement"): _Record,
}


def read(content: Content, arguments: Mapping[str, str], unit: Unit) -> Reading:
    """Read one column.

    Args:
        content: The file.
        arguments: ``column``.
        unit: Unit of the column.

    Raises:
        DataError: Something in the file is not as described above.
    """
    if set(arguments) != {"column"}:
        raise unfit_argument("analog", arguments, "column")
    where = str(content.path)
    ledger = Ledger(where, unit)
    for ids, record in _cells(content.data, where).items():
        place = f"key {quote(ids)}"
        text = nas_bench_201_from_ids(ids, f"{where}, {place}")
        ledger.add(text, _value(record, arguments["column"], f"{where}, {place}"), place)
    return ledger.reading()


@functools.lru_cache(maxsize=1)
def _cells(data: bytes, where: str) -> Mapping[object, object]:
    """Unpickle the file once for all of its columns."""
    table = restricted_pickle.load(data, _ALLOWED, where)
    if not isinstance(table, dict):
        raise DataError(f"{where}: expected a dict of cells, found {quote(table)}")
    return table


def _value(record: object, column: str, where: str) -> object:
    value = _field(record, column, where)
    return _field(value, "value", where) if isinstance(value, _Record) else value


def _field(record: object, name: str, where: str) -> object:
    fields = getattr(record, "fields", None) if isinstance(record, _Record) else None
    if fields is None or name not in fields:
        raise DataError(f"{where}: expected a record with the field {name!r}")
    return fields[name]
