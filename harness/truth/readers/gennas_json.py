"""GenNAS and Eproxy: a JSON list of ``[architecture, value]``.

An architecture is ``[[a], [b, c], [d, e, f]]`` (NAS-Bench-201), ``[matrix, operation names]``
(NAS-Bench-101), an object (NAS-Bench-MR) or a string (TransNAS-Bench-101). Upstream names the files
of the two TransNAS spaces the wrong way round; the strings tell which space it is, and another one
is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from harness.core.errors import DataError
from harness.spaces.nas_bench_mr_notation import text_of_fields
from harness.spaces.published import (
    nas_bench_101_from_matrix,
    nas_bench_201_from_nested_ids,
    transnas_macro,
    transnas_micro,
)
from harness.truth.file_formats import json_value
from harness.truth.locate import Content
from harness.truth.reading import Ledger, Reading, quote, unfit_argument
from harness.truth.unit import Unit

__all__ = ["read"]


def read(content: Content, arguments: Mapping[str, str], unit: Unit) -> Reading:
    """Read the whole file.

    Args:
        content: The file.
        arguments: ``space``, the space that its architectures are of; and ``missing``, the value
            of those that have none, if any.
        unit: Unit of its values.

    Raises:
        DataError: Something in the file is not as described above.
    """
    if arguments.get("space") not in _TEXTS or not set(arguments) <= {"space", "missing"}:
        raise unfit_argument(
            "gennas-json", arguments, f"space, one of {', '.join(_TEXTS)}, and missing"
        )
    where = str(content.path)
    text = _TEXTS[arguments["space"]]
    pairs = json_value(content.data, where)
    if not isinstance(pairs, list):
        raise DataError(f"{where}: expected a list of [architecture, value], found {quote(pairs)}")
    ledger = Ledger(where, unit)
    for index, pair in enumerate(pairs):
        place = f"entry {index}"
        if not isinstance(pair, list) or len(pair) != 2:
            raise DataError(f"{where}, {place}: expected [architecture, value]: {quote(pair)}")
        architecture = text(pair[0], f"{where}, {place}")
        if str(pair[1]) == arguments.get("missing"):
            ledger.lacks(architecture, place)
        else:
            ledger.add(architecture, pair[1], place)
    return ledger.reading()


def _nas_bench_101(cell: object, where: str) -> str:
    if not isinstance(cell, list) or len(cell) != 2:
        raise DataError(f"{where}: expected [matrix, operations], found {quote(cell)}")
    return nas_bench_101_from_matrix(cell[0], cell[1], where)


_TEXTS: Mapping[str, Callable[[object, str], str]] = {
    "nas-bench-101": _nas_bench_101,
    "nas-bench-201": nas_bench_201_from_nested_ids,
    "nas-bench-mr": text_of_fields,
    "transnas-bench-101-micro": transnas_micro,
    "transnas-bench-101-macro": transnas_macro,
}
