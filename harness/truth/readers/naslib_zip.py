"""NASLib's archives: ``PROXY/benchmark--BENCHMARK--DATASET--START.json``, read member by member.

A member is a list of ``{"idx": ..., "arch": "(2, 3, ...)", PROXY: {"score": ..., "time": ...},
"val_accuracy": ...}``; some archives have no accuracy.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from harness.core.errors import DataError
from harness.spaces.published import literal, text_of
from harness.truth.file_formats import Archive, json_value
from harness.truth.locate import Content
from harness.truth.reading import Ledger, Reading, quote, unfit_argument
from harness.truth.scores import ScoreLedger, Scores
from harness.truth.unit import Unit

__all__ = ["read", "read_scores"]

_MEMBER = re.compile(r"(?P<proxy>[^/]+)/benchmark--(?P<benchmark>\w+)--(?P<dataset>.+)--\d+\.json")
_ACCURACY = "val_accuracy"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Entry:
    proxy: str
    text: str
    fields: Mapping[str, object]
    place: str


def read(content: Content, arguments: Mapping[str, str], unit: Unit) -> Reading:
    """Read the accuracies of one benchmark and data set, beside the scores of one proxy.

    Args:
        content: The archive.
        arguments: ``benchmark``, ``dataset`` and ``proxy``, as the archive names them; every
            proxy repeats the accuracies, and one of them is read.
        unit: Unit of the accuracy.

    Raises:
        DataError: Something in the archive is not as described above.
    """
    if set(arguments) != {"benchmark", "dataset", "proxy"}:
        raise unfit_argument("naslib-zip", arguments, "benchmark, dataset and proxy")
    ledger = Ledger(str(content.path), unit)
    for entry in _entries(content, arguments):
        if _ACCURACY not in entry.fields:
            raise DataError(f"{content.path}, {entry.place}: no {_ACCURACY!r}")
        ledger.add(entry.text, entry.fields[_ACCURACY], f"{entry.place}, {_ACCURACY}")
    return ledger.reading()


def read_scores(content: Content, arguments: Mapping[str, str]) -> Scores:
    """Read the scores of every proxy of one benchmark and data set.

    Raises:
        DataError: Something in the archive is not as described above.
    """
    if set(arguments) != {"benchmark", "dataset"}:
        raise unfit_argument("naslib-zip", arguments, "benchmark and dataset")
    ledger = ScoreLedger(str(content.path))
    for entry in _entries(content, arguments):
        measured = entry.fields.get(entry.proxy)
        if not isinstance(measured, dict) or "score" not in measured:
            raise DataError(f"{content.path}, {entry.place}: no score of {entry.proxy!r}")
        ledger.add(entry.proxy, entry.text, measured["score"], f"{entry.place}, {entry.proxy}")
    return ledger.scores


def _entries(content: Content, arguments: Mapping[str, str]) -> Iterator[_Entry]:
    where = str(content.path)
    text = text_of(arguments["benchmark"], arguments["dataset"])
    archive = Archive(content.data, where)
    has_member = False
    for name in archive.names():
        match = _MEMBER.fullmatch(name)
        if match is None:
            raise DataError(f"{where}: unexpected member {quote(name)}")
        if any(match[key] != wanted for key, wanted in arguments.items()):
            continue
        has_member = True
        for place, fields in _objects(archive.member(name), where, name):
            yield _Entry(
                proxy=match["proxy"],
                text=text(literal(fields["arch"], f"{where}, {place}"), f"{where}, {place}"),
                fields=fields,
                place=place,
            )
    if not has_member:
        raise DataError(f"{where} has no member for {dict(arguments)}")


def _objects(data: bytes, where: str, name: str) -> Iterator[tuple[str, Mapping[str, object]]]:
    entries = json_value(data, f"{where}, {name}")
    if not isinstance(entries, list):
        raise DataError(f"{where}, {name}: expected a list, found {quote(entries)}")
    for index, fields in enumerate(entries):
        place = f"{name}, entry {index}"
        if not isinstance(fields, dict) or "arch" not in fields:
            raise DataError(f"{where}, {place}: expected an object with 'arch'")
        yield place, fields
