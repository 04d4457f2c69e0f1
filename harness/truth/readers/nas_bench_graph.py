"""NAS-Bench-Graph's light files: a pickled dict of integer keys to four numbers.

The numbers are ``valid_perf`` and ``perf`` (test) from 0 to 1, ``latency`` in seconds, ``para``
in millions. Some are numpy scalars, for which the pickle names two numpy callables; they are
rebuilt here from their eight bytes, without numpy.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping

from harness.core.errors import DataError
from harness.spaces.published import nas_bench_graph_from_key
from harness.truth import restricted_pickle
from harness.truth.locate import Content
from harness.truth.reading import Ledger, Reading, quote, unfit_argument
from harness.truth.unit import Unit

__all__ = ["read"]

_COLUMNS = ("valid_perf", "perf", "latency", "para")


class _Float64:
    """Stands for numpy's dtype; only little-endian float64 is understood."""

    def __init__(self, code: object, *_: object) -> None:
        if code != "f8":
            raise TypeError(f"expected numbers of numpy type f8, found {quote(code)}")

    def __setstate__(self, state: object) -> None:
        if not isinstance(state, tuple) or state[1:2] != ("<",):
            raise TypeError(f"expected little-endian numbers, found {quote(state)}")


def _scalar(kind: object, data: object) -> float:
    if not isinstance(kind, _Float64) or not isinstance(data, bytes) or len(data) != 8:
        raise TypeError(f"expected the eight bytes of a number, found {quote(data)}")
    value: float = struct.unpack("<d", data)[0]
    return value


_ALLOWED: restricted_pickle.Globals = {
    ("numpy.core.multiarray", "scalar"): _scalar,
    ("numpy", "dtype"): _Float64,
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
    if set(arguments) != {"column"} or arguments["column"] not in _COLUMNS:
        raise unfit_argument("nas-bench-graph", arguments, f"column, one of {', '.join(_COLUMNS)}")
    where = str(content.path)
    table = restricted_pickle.load(content.data, _ALLOWED, where)
    if not isinstance(table, dict):
        raise DataError(f"{where}: expected a dict of architectures, found {quote(table)}")
    ledger = Ledger(where, unit)
    for key, entry in table.items():
        place = f"key {quote(key)}"
        if not isinstance(entry, dict) or arguments["column"] not in entry:
            raise DataError(f"{where}, {place}: no {arguments['column']!r}")
        text = nas_bench_graph_from_key(key, f"{where}, {place}")
        ledger.add(text, entry[arguments["column"]], f"{place}, {arguments['column']}")
    return ledger.reading()
