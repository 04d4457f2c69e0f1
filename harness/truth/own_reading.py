"""A published file that a user's own reader reads: a description, a reader and the file.

name = "my-benchmark"
space = "nas-bench-201"       # or the file of a space of one's own
dataset = "cifar10"
split = "test"
metric = "accuracy"
unit = "percent"
direction = "higher"
reader = "my_reader.py:read"  # beside this file; or the name of a built-in or installed reader
arguments = { column = "acc" }    # what the reader is told, if anything
n = 15625                     # architectures that it must give; may be left out

[source]
path = "results.json"         # beside this file
sha256 = "..."                # may be left out for a file beside this one

A file of a public repository has ``repository = "OWNER/NAME"``, ``commit``, ``path`` there and
``sha256`` instead: it is found or downloaded, and verified, like those of the registry.

A reader is a function of `Content`, arguments and `Unit` that returns a `Reading`, or a mapping of
architectures, in any notation of the space, to a value or to the values of several trainings.
"""

from __future__ import annotations

import hashlib
import importlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias, cast

from harness.core.errors import (
    DataError,
    HarnessError,
    InfrastructureError,
    UsageError,
    sentence_of,
    unknown_name,
)
from harness.core.numbers import plain_number
from harness.isolation import process_guard
from harness.own_code.offers import installed_offers, load_offer, offer_in_file, python_file
from harness.spaces.published import text_in
from harness.spaces.registry import space
from harness.truth.locate import Content, content
from harness.truth.percentages import require_percentages
from harness.truth.places import Places
from harness.truth.reading import Ledger, Reading, quote
from harness.truth.source import Published, Source
from harness.truth.unit import Unit

if TYPE_CHECKING:
    from harness.truth.registry_models import OwnReading, OwnSource

__all__ = ["READERS", "Reader", "find_reader", "read_own"]

READERS = {
    "vit-bench-csv": "vit_bench_csv",
    "accel-nasbench": "accel_nasbench",
    "analog": "analog",
    "bert-json": "bert_json",
    "csv": "csv_columns",
    "darts-csv": "darts_csv",
    "gennas-json": "gennas_json",
    "lite-transformer-csv": "lite_transformer_csv",
    "macro-json": "macro_json",
    "naslib-json": "naslib_json",
    "naslib-zip": "naslib_zip",
    "nas-bench-graph": "nas_bench_graph",
    "nas-bench-nlp": "nas_bench_nlp",
    "one-shot-csv": "one_shot_csv",
    "zerocost-pt": "zerocost_pt",
}

_GROUP = "harness.readers"
_KIND, _CONSTANTS = "reader", ("read",)

Reader: TypeAlias = Callable[[Content, Mapping[str, str], Unit], object]
"""Returns a `Reading`, or a mapping of architectures to values."""


def find_reader(name: str, where: str, folder: Path = Path()) -> Reader:
    """Return a reader by its name, or from a file.

    Args:
        name: Name of a built-in or installed reader, or ``file.py`` or ``file.py:NAME``.
        where: Who names it, for messages.
        folder: Folder that files are looked for in.

    Raises:
        UsageError: There is no such reader.
        ContractError: Its file cannot be imported.
    """
    if name in READERS:
        module = importlib.import_module(f"harness.truth.readers.{READERS[name]}")
        return cast(Reader, module.read)
    installed = installed_offers(_GROUP)
    if (file := python_file(name)) is not None:
        offer = offer_in_file(folder / file[0], file[1], _KIND, _CONSTANTS)
    elif name in installed:
        offer = load_offer(installed[name], _KIND, _CONSTANTS)
    else:
        raise unknown_name("reader", name, [*READERS, *installed], where)
    if not callable(offer.value):
        raise UsageError(
            f"{offer.place} has a {type(offer.value).__name__} under the name {offer.name}; a "
            "reader is a function of content, arguments and unit"
        )
    return cast(Reader, offer.value)


def read_own(description: Path, own: OwnReading, places: Places) -> tuple[Reading, Path]:
    """Read the values of a file that a description names, and return its path too.

    Raises:
        DataError: It is not the file that is described, or holds something unexpected.
        InfrastructureError: It is absent, and cannot be downloaded.
        UsageError: There is no such reader or space.
    """
    reader = find_reader(own.reader, f"{description} [reader]", description.parent)
    file = _content(description, own, places)
    result = _called(reader, own, file)
    reading = _entered(result, own, file)
    if own.n is not None and len(reading.values) != own.n:
        raise DataError(
            f"{file.path} has {len(reading.values)} architectures for task {own.name!r}, "
            f"expected {own.n}"
        )
    if own.unit is Unit.PERCENT and python_file(own.reader):
        numbers = [(value, f"architecture {text}") for text, value in reading.values.items()]
        require_percentages(numbers, str(file.path), own.direction)
    return reading, file.path


def _called(reader: Reader, own: OwnReading, file: Content) -> object:
    try:
        if own.reader in READERS:
            return reader(file, own.arguments, own.unit)
        with process_guard().watching(f"the reader {own.reader}"):
            return reader(file, own.arguments, own.unit)
    except HarnessError:
        raise
    except Exception as error:  # a reader of others may raise anything
        raise DataError(
            f"the reader {own.reader} cannot read {file.path}: {sentence_of(error)}"
        ) from error


def _entered(result: object, own: OwnReading, file: Content) -> Reading:
    """Check what a reader of others returned as the built-in ones check each value."""
    if own.reader in READERS and isinstance(result, Reading):
        return result
    ledger = Ledger(str(file.path), own.unit)
    for written, values in _items(result, own):
        place = f"architecture {quote(written)}"
        if not isinstance(written, str):
            raise DataError(f"{file.path}, {place}: expected the text of an architecture")
        where = f"{file.path}, {place}"
        text = written if own.verbatim else text_in(space(own.space), written, where)
        if isinstance(values, Sequence) and not isinstance(values, str):
            ledger.add_runs(text, [plain_number(value) for value in values], place)
        else:
            ledger.add(text, plain_number(values), place)
    reading = ledger.reading()
    if not reading.values:
        raise DataError(f"the reader {own.reader} found no value in {file.path}")
    return reading


def _items(result: object, own: OwnReading) -> Iterator[tuple[object, object]]:
    match result:
        case Reading():
            yield from {**result.values, **result.runs}.items()
        case Mapping():
            yield from result.items()
        case _:
            raise DataError(
                f"the reader {own.reader} returned a {type(result).__name__}; it returns a mapping "
                "of architectures to values, or a Reading"
            )


def _content(description: Path, own: OwnReading, places: Places) -> Content:
    wanted = own.source
    origin = Published(
        repository=wanted.repository or "", commit=wanted.commit or "", path=wanted.path
    )
    source = Source(
        name=own.name,
        origin=origin,
        size=wanted.size or 0,
        sha256=wanted.sha256 or "",
        licence=wanted.licence,
        citation=wanted.citation,
        holds=own.metric,
    )
    if wanted.repository is not None:
        return content(source, places)
    path = description.parent / wanted.path
    data = _bytes(path, description)
    _require_digest(data, wanted, path, description)
    return Content(source=source, path=path, data=data)


def _bytes(path: Path, description: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise InfrastructureError(
            f"cannot read {path}: {error.strerror or error}; {description} names this file"
        ) from error


def _require_digest(data: bytes, wanted: OwnSource, path: Path, description: Path) -> None:
    digest = hashlib.sha256(data).hexdigest()
    if wanted.sha256 not in (None, digest):
        raise DataError(
            f"{path} is not the file that {description} describes: its sha256 is {digest}, "
            f"expected {wanted.sha256}"
        )
