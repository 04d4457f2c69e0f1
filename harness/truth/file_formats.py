"""What upstream files are written in: JSON, CSV, zip and tar archives, read strictly, in memory."""

from __future__ import annotations

import csv
import io
import json
import tarfile
import zipfile
import zlib
from collections.abc import Iterator, Mapping

from harness.core.errors import DataError
from harness.truth.reading import finite, quote

__all__ = ["Archive", "Row", "csv_rows", "json_value", "number", "tar_members"]

Row = Mapping[str, str]
_LONGEST_MEMBER = 8 << 20
_LONGEST_ARCHIVE = 64 << 20


def json_value(data: bytes, where: str) -> object:
    """Decode JSON; a key that occurs twice is refused instead of losing its first value.

    Raises:
        DataError: The bytes are no JSON in UTF-8, nested too deeply, or repeat a key.
    """

    def unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
        made = dict(pairs)
        if len(made) != len(pairs):
            keys = [key for key, _ in pairs]
            twice = next(key for key in keys if keys.count(key) > 1)
            raise DataError(f"{where}: key {quote(twice)} occurs a second time")
        return made

    try:
        value: object = json.loads(data.decode(), object_pairs_hook=unique)
    except (ValueError, RecursionError) as error:
        raise DataError(f"{where} is no readable JSON: {error}") from None
    return value


def csv_rows(
    data: bytes,
    where: str,
    columns: tuple[str, ...] | None = None,
    names: tuple[str, ...] | None = None,
) -> Iterator[tuple[int, Row]]:
    """Yield the number of each row, counted as in a text editor, and its cells.

    Args:
        data: The file; a byte order mark is no part of it.
        where: Its name.
        columns: Columns that it must have, whose cells are returned; all of them when absent.
        names: Names of all columns where the file has no heading.

    Raises:
        DataError: No CSV in UTF-8, a missing or repeated column, or a row of another length.
    """
    try:
        reader = csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), strict=True)
        heading = next(reader, []) if names is None else list(names)
        columns = tuple(heading) if columns is None else columns
        missing = [column for column in columns if column not in heading]
        if missing:
            raise DataError(f"{where} has no column {missing[0]!r}; it has {quote(heading)}")
        if len(set(heading)) != len(heading):
            raise DataError(f"{where} has two columns of the same name: {quote(heading)}")
        places = [(column, heading.index(column)) for column in columns]
        for cells in reader:
            if cells and len(cells) != len(heading):
                raise DataError(
                    f"{where}, row {reader.line_num}: expected {len(heading)} cells, found "
                    f"{'more' if len(cells) > len(heading) else 'fewer'}"
                )
            if cells:
                yield reader.line_num, {column: cells[place] for column, place in places}
    except (csv.Error, UnicodeDecodeError) as error:
        raise DataError(f"{where} is no readable CSV: {error}") from None


def number(row: Row, column: str, where: str) -> float:
    """Return a cell as a finite number.

    Raises:
        DataError: It is none.
    """
    text = row[column]
    try:
        value = float(text)
    except ValueError:
        raise DataError(f"{where}: expected a number, found {quote(text)}") from None
    return finite(value, where)


class Archive:
    """A zip archive in memory."""

    def __init__(self, data: bytes, where: str) -> None:
        """Read the list of members.

        Raises:
            DataError: The bytes are no zip archive.
        """
        self._where = where
        try:
            self._file = zipfile.ZipFile(io.BytesIO(data))
        except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError) as error:
            raise DataError(f"{where} is no readable zip archive: {error}") from None

    def names(self) -> Iterator[str]:
        """Yield the names of all members but folders, sorted."""
        return iter(sorted(name for name in self._file.namelist() if not name.endswith("/")))

    def member(self, name: str) -> bytes:
        """Unpack one member.

        Raises:
            DataError: It is damaged, encrypted, or longer than any file of results.
        """
        try:
            if self._file.getinfo(name).file_size > _LONGEST_MEMBER:
                raise DataError(
                    f"{self._where}, {name} unpacks to more than {_LONGEST_MEMBER} bytes"
                )
            return self._file.read(name)
        except (
            zipfile.BadZipFile,
            zlib.error,
            ValueError,
            NotImplementedError,
            RuntimeError,
            OSError,
        ) as error:
            raise DataError(f"{self._where}, {name} cannot be unpacked: {error}") from None


def tar_members(data: bytes, where: str) -> Iterator[tuple[str, bytes]]:
    """Unpack a ``.tar.gz`` in memory and yield the name and the content of every file.

    Raises:
        DataError: It is damaged or cut, has something after its end, unpacks to more than any
            archive of results, holds a link or a device, or a name twice.
    """
    unpacked = _gunzip(data, where)
    names: set[str] = set()
    try:
        with tarfile.open(fileobj=io.BytesIO(unpacked), mode="r:") as archive:
            for entry in archive:
                if entry.isdir():
                    continue
                if not entry.isreg() or entry.name in names:
                    fault = "occurs a second time" if entry.name in names else "is no plain file"
                    raise DataError(f"{where}: member {quote(entry.name)} {fault}")
                names.add(entry.name)
                yield entry.name, unpacked[entry.offset_data : entry.offset_data + entry.size]
    except (tarfile.TarError, ValueError, OverflowError, OSError) as error:
        raise DataError(f"{where} is no readable tar archive: {error}") from None


def _gunzip(data: bytes, where: str) -> bytes:
    inflater = zlib.decompressobj(zlib.MAX_WBITS | 16)
    try:
        unpacked = inflater.decompress(data, _LONGEST_ARCHIVE)
    except zlib.error as error:
        raise DataError(f"{where} is no readable gzip file: {error}") from None
    if inflater.unconsumed_tail:
        raise DataError(f"{where} unpacks to more than {_LONGEST_ARCHIVE} bytes")
    if not inflater.eof or inflater.unused_data:
        fault = "has something after its end" if inflater.eof else "ends too early"
        raise DataError(f"{where} {fault}; fetch it again")
    return unpacked
