"""NASLib's ``zc_*.json``: benchmark, data set, architecture as text, then proxies and accuracy.

``{"nasbench201": {"cifar10": {"(4, 3, 3, 3, 2, 3)": {"flops": ..., "val_accuracy": ...}}}}``
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from harness.core.errors import DataError, unknown_name
from harness.spaces.published import literal, text_of
from harness.truth.file_formats import json_value
from harness.truth.locate import Content
from harness.truth.reading import Ledger, Reading, quote, unfit_argument
from harness.truth.scores import PROXIES, ScoreLedger, Scores
from harness.truth.unit import Unit

__all__ = ["read", "read_scores"]

_ACCURACY = "val_accuracy"


def read(content: Content, arguments: Mapping[str, str], unit: Unit) -> Reading:
    """Read the accuracies of one benchmark and data set.

    Args:
        content: The file.
        arguments: ``benchmark`` and ``dataset``, as the file names them.
        unit: Unit of the accuracy.

    Raises:
        DataError: Something in the file is not as described above.
    """
    where = str(content.path)
    ledger = Ledger(where, unit)
    for text, entry, place in _entries(content, arguments):
        if _ACCURACY not in entry:
            raise DataError(f"{where}, {place}: no {_ACCURACY!r}")
        ledger.add(text, entry[_ACCURACY], f"{place}, {_ACCURACY}")
    return ledger.reading()


def read_scores(content: Content, arguments: Mapping[str, str]) -> Scores:
    """Read the scores of every proxy of one benchmark and data set.

    Raises:
        DataError: Something in the file is not as described above.
    """
    where = str(content.path)
    ledger = ScoreLedger(where)
    for text, entry, place in _entries(content, arguments):
        for proxy, score in entry.items():
            if proxy == _ACCURACY:
                continue
            if proxy not in PROXIES:
                raise DataError(str(unknown_name("proxy", proxy, PROXIES, f"{where}, {place}")))
            ledger.add(proxy, text, score, f"{place}, {proxy}")
    return ledger.scores


def _entries(
    content: Content, arguments: Mapping[str, str]
) -> Iterator[tuple[str, Mapping[str, object], str]]:
    if set(arguments) != {"benchmark", "dataset"}:
        raise unfit_argument("naslib-json", arguments, "benchmark and dataset")
    benchmark, dataset = arguments["benchmark"], arguments["dataset"]
    where = str(content.path)
    text = text_of(benchmark, dataset)
    level = json_value(content.data, where)
    for key in (benchmark, dataset):
        level = _mapping(level, where)
        if key not in level:
            raise DataError(f"{where} has no {key!r}; it has {quote(sorted(level))}")
        level = level[key]
    for architecture, entry in _mapping(level, where).items():
        place = f"key {quote(architecture)}"
        written = literal(architecture, f"{where}, {place}")
        yield text(written, f"{where}, {place}"), _mapping(entry, f"{where}, {place}"), place


def _mapping(value: object, where: str) -> Mapping[str, object]:
    if not isinstance(value, dict):
        raise DataError(f"{where}: expected a JSON object, found {quote(value)}")
    return value
