"""NAS-Bench-Macro: ``{"02012100": {"test_acc": [89.47, 88.95, 89.17], "mean_acc": ..., ...}}``."""

from __future__ import annotations

import math
from collections.abc import Mapping

from harness.core.errors import DataError
from harness.spaces.published import nas_bench_macro_from_digits
from harness.truth.file_formats import json_value
from harness.truth.locate import Content
from harness.truth.reading import Ledger, Reading, finite, quote, unfit_argument
from harness.truth.unit import Unit

__all__ = ["read"]

_TOLERANCE = 1e-6


def read(content: Content, arguments: Mapping[str, str], unit: Unit) -> Reading:
    """Read the three test accuracies of every architecture; the value is their mean.

    Raises:
        DataError: Something in the file is not as described above, or the mean that it states
            is not that of its runs.
    """
    if arguments:
        raise unfit_argument("macro-json", arguments, "nothing")
    where = str(content.path)
    table = json_value(content.data, where)
    if not isinstance(table, dict):
        raise DataError(f"{where}: expected an object of architectures, found {quote(table)}")
    ledger = Ledger(where, unit)
    for digits, entry in table.items():
        place = f"key {quote(digits)}"
        runs = entry.get("test_acc") if isinstance(entry, dict) else None
        if not isinstance(runs, list) or len(runs) != 3:
            raise DataError(f"{where}, {place}: expected three test accuracies in 'test_acc'")
        ledger.add_runs(nas_bench_macro_from_digits(digits, f"{where}, {place}"), runs, place)
        stated = finite(entry.get("mean_acc"), f"{where}, {place}, mean_acc")
        if not math.isclose(stated, math.fsum(runs) / len(runs), abs_tol=_TOLERANCE):
            raise DataError(f"{where}, {place}: mean_acc {stated} is not the mean of {runs}")
    return ledger.reading()
