"""Sealed segments: finished parts of a log as Parquet files, read by column.

A segment is called after the log that it was made of, its part, and a digest of its bytes::

    scores-000003-00.4f1c9a0b77d25e13.parquet

so that a file which is not what was written says so itself. It is written under another name,
brought to disk, read back and compared before it gets this one.
"""

from __future__ import annotations

import functools
import hashlib
import os
import re
import shutil
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from pydantic import ValidationError

from harness.core.errors import DataError
from harness.core.files import temporary_name
from harness.records.block import Block, Layout
from harness.records.growing_block import GrowingBlock

if TYPE_CHECKING:
    import pyarrow
    from numpy.typing import NDArray
    from pyarrow import parquet

    Array = NDArray[Any]

__all__ = ["copy_segment", "open_segment", "segment_paths", "sync_folder", "write_segment"]

_NAME = re.compile(r"scores-(\d{6})-(\d{2,})\.([0-9a-f]{16})\.parquet")
_LAYOUT = b"harness"
_TEXTS = "texts"
_TICKS_PER_S = 1e7
_TICKS = "_ticks"
"""Seconds are rounded to ticks in a log; as whole numbers they take a third of the bytes."""
_SMALL = 512 * 1024
"""Bytes of a segment that is read at once."""


def segment_paths(folder: Path) -> dict[int, list[Path]]:
    """Return the segments of a folder in order, by the number of their log."""
    numbered: dict[int, list[tuple[int, Path]]] = {}
    for path in folder.glob("scores-*.parquet"):
        if name := _NAME.fullmatch(path.name):
            numbered.setdefault(int(name[1]), []).append((int(name[2]), path))
    return {number: [path for _, path in sorted(numbered[number])] for number in sorted(numbered)}


def write_segment(block: GrowingBlock, folder: Path, number: int, part: int) -> Path:
    """Write a block as a part of a log's segments, and return its file once that is verified.

    Raises:
        OSError: The disk is full or the file cannot be written.
        DataError: What is read back is not what was written.
    """
    from pyarrow import parquet

    table = _table(block)
    temporary = temporary_name(folder / f"scores-{number:06d}-{part:02d}")
    try:
        with temporary.open("wb") as stream:
            parquet.write_table(
                table,
                stream,
                row_group_size=max(table.num_rows, 1),
                compression="zstd",
                use_dictionary=[_TEXTS],
                dictionary_pagesize_limit=2**30,
                use_byte_stream_split=[name for name in table.column_names if name != _TEXTS],
                write_statistics=False,
                store_schema=True,
            )
            stream.flush()
            os.fsync(stream.fileno())
        path = folder / f"scores-{number:06d}-{part:02d}.{_digest(temporary)}.parquet"
        _verify(temporary, table)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
    sync_folder(folder)
    return path


def copy_segment(path: Path, folder: Path, number: int) -> Path:
    """Copy a segment into a folder as that of a log with this number, and return its new file.

    Raises:
        OSError: The disk is full or the file cannot be written.
        DataError: It is not what was written.
    """
    temporary = temporary_name(folder / f"scores-{number:06d}-00")
    try:
        with path.open("rb") as source, temporary.open("wb") as stream:
            shutil.copyfileobj(source, stream)
            stream.flush()
            os.fsync(stream.fileno())
        digest = _digest(temporary)
        if (name := _NAME.fullmatch(path.name)) is None or digest != name[3]:
            raise _damaged(path, "its digest is not the one in its name")
        copied = folder / f"scores-{number:06d}-00.{digest}.parquet"
        temporary.replace(copied)
    finally:
        temporary.unlink(missing_ok=True)
    sync_folder(folder)
    return copied


def open_segment(path: Path) -> Block:
    """Open a segment; its columns are read when they are asked for.

    Raises:
        DataError: It is not what was written, or cannot be read.
    """
    from pyarrow import ArrowException, parquet

    name = _NAME.fullmatch(path.name)
    try:
        if name is None or _digest(path) != name[3]:
            raise _damaged(path, "its digest is not the one in its name")
        metadata = parquet.read_schema(path).metadata or {}
        layout = Layout.model_validate_json(metadata[_LAYOUT])
    except (OSError, ArrowException, ValidationError, KeyError) as error:
        raise _damaged(path, f"{type(error).__name__}") from error
    columns = _Columns(path)
    return Block(layout, columns.texts, columns.load)


def sync_folder(folder: Path) -> None:
    """Bring the names of files in a folder to disk, where the system can."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


class _Columns:
    """The columns of one segment, read from its file by whoever asks."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._names: frozenset[str] | None = None

    def texts(self) -> list[str]:
        column = self._read([_TEXTS]).column(_TEXTS).combine_chunks()
        texts: list[str] = column.dictionary.to_pylist()
        return texts

    def load(self, names: Sequence[str]) -> Mapping[str, Array]:
        known = self._known()
        stored = [
            _TEXTS if name == "text" else name if name in known else f"{name}{_TICKS}"
            for name in names
        ]
        table = self._read([name for name in stored if name in known])
        loaded: dict[str, Array] = {}
        for name, column_name in zip(names, stored, strict=True):
            if column_name not in known:
                continue
            column = table.column(column_name).combine_chunks()
            if column_name == _TEXTS:
                column = column.indices
            values = _to_numpy(column)
            loaded[name] = values / _TICKS_PER_S if column_name.endswith(_TICKS) else values
        return loaded

    def _known(self) -> frozenset[str]:
        if self._names is None:
            from pyarrow import parquet

            self._names = frozenset(parquet.read_schema(self._path).names)
        return self._names

    def _read(self, names: Sequence[str]) -> pyarrow.Table:
        from pyarrow import ArrowException

        try:
            if self._path.stat().st_size <= _SMALL:
                return _whole(self._path).select(list(names))
            return _opened(self._path).read(columns=list(names), use_threads=False)
        except (OSError, ArrowException) as error:
            raise _damaged(self._path, f"{type(error).__name__}") from error


@functools.lru_cache(maxsize=32)
def _opened(path: Path) -> parquet.ParquetFile:
    """Open a segment, or return one of the last that were: opening takes ten times a reading."""
    from pyarrow import parquet

    return parquet.ParquetFile(path, read_dictionary=[_TEXTS], pre_buffer=False)


@functools.lru_cache(maxsize=8)
def _whole(path: Path) -> pyarrow.Table:
    """Read a small segment, or return one of the last: a call costs more than its columns."""
    return _opened(path).read(use_threads=False)


def _table(block: GrowingBlock) -> pyarrow.Table:
    import pyarrow

    arrays = block.arrays()
    texts = pyarrow.DictionaryArray.from_arrays(
        _to_arrow(arrays.pop("text")), _texts_to_arrow(tuple(block.texts))
    )
    columns: dict[str, pyarrow.Array] = {_TEXTS: texts}
    for name, values in arrays.items():
        ticks = _ticks(values) if name.endswith(("_wall_s", "_cpu_s")) else None
        kept = values if ticks is None else ticks
        columns[name if ticks is None else f"{name}{_TICKS}"] = _to_arrow(kept)
    layout = block.layout().model_dump_json()
    fields = [pyarrow.field(name, column.type, nullable=False) for name, column in columns.items()]
    schema = pyarrow.schema(fields, metadata={_LAYOUT: layout})
    return pyarrow.Table.from_arrays(list(columns.values()), schema=schema)


def _to_numpy(column: pyarrow.Array) -> Array:
    """Return a column of numbers without a copy; pyarrow's own way imports pandas."""
    kind = np.dtype(str(column.type))
    return np.frombuffer(
        column.buffers()[1], kind, count=len(column), offset=column.offset * kind.itemsize
    )


def _to_arrow(values: Array) -> pyarrow.Array:
    """Return numbers without a copy; likewise."""
    import pyarrow

    kind = pyarrow.from_numpy_dtype(values.dtype)
    return pyarrow.Array.from_buffers(kind, len(values), [None, pyarrow.py_buffer(values)])


def _texts_to_arrow(texts: Sequence[str]) -> pyarrow.Array:
    import pyarrow

    encoded = [text.encode() for text in texts]
    ends = np.cumsum([0, *map(len, encoded)], dtype=np.int32)
    buffers = [None, pyarrow.py_buffer(ends), pyarrow.py_buffer(b"".join(encoded))]
    return pyarrow.Array.from_buffers(pyarrow.string(), len(texts), buffers)


def _ticks(seconds: NDArray[np.float64]) -> NDArray[np.int64] | None:
    """Return seconds as whole ticks where that loses nothing; 0 where there is no cost."""
    ticks = np.rint(np.nan_to_num(seconds, nan=0.0) * _TICKS_PER_S)
    if not np.all(np.abs(ticks) < 2**53):
        return None
    exact = (ticks / _TICKS_PER_S == seconds) | np.isnan(seconds)
    return ticks.astype(np.int64) if exact.all() else None


def _verify(path: Path, written: pyarrow.Table) -> None:
    columns = _Columns(path)
    read = columns._read(written.column_names)
    for name in written.column_names:
        before, after = (table.column(name).combine_chunks() for table in (written, read))
        if name == _TEXTS:
            same = before.equals(after)
        else:
            same = _to_numpy(before).tobytes() == _to_numpy(after).tobytes()
        if not same:
            raise _damaged(path, f"its column {name} is not what was written")


def _digest(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()[:16]


def _damaged(path: Path, why: str) -> DataError:
    return DataError(
        f"{path}: the segment is damaged ({why}); restore it from a copy, or delete it and run "
        "again, and its architectures are scored anew"
    )
