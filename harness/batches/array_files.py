"""Rows of the arrays of a file, read without unpickling and without the rest of the file."""

from __future__ import annotations

import math
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Protocol

from harness.core.errors import DataError, first_line, unknown_name
from harness.core.files import DAMAGED_ARRAYS

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

__all__ = ["ArrayFile", "open_arrays"]

_READ_AT_ONCE = 64
"""Rows of a Parquet file; those not wanted are dropped before the next are read."""


class ArrayFile(Protocol):
    """A file of named arrays whose first axis is the sample."""

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the arrays; none of a file of one array."""
        ...

    def length(self, name: str) -> int:
        """Return how many samples an array has."""
        ...

    def rows(self, name: str, indices: Sequence[int], shape: tuple[int, ...] | None) -> np.ndarray:
        """Return some samples.

        Args:
            name: Name of the array; of a file of one array, any.
            indices: Which, in the order in which they are wanted.
            shape: Shape of one; any when absent.

        Raises:
            DataError: The array is damaged, holds objects, or has samples of another shape.
        """
        ...


def open_arrays(path: Path) -> ArrayFile:
    """Open a file of arrays by its suffix.

    Raises:
        DataError: It cannot be read, or has another suffix.
    """
    match path.suffix.lower():
        case ".npy":
            return _NpyFile(path=path)
        case ".npz":
            return _NpzFile(path=path)
        case ".parquet":
            return _ParquetFile(path=path)
        case _:
            raise DataError(f"{path} is no file of arrays; they end in .npy, .npz or .parquet")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Header:
    shape: tuple[int, ...]
    fortran: bool
    dtype: np.dtype[np.generic]

    @staticmethod
    def of(stream: IO[bytes], place: str) -> _Header:
        """Read the head of an array; a head is short, whatever it says of what follows."""
        from numpy.lib import format as npy

        try:
            version = npy.read_magic(stream)
            read = npy.read_array_header_1_0 if version == (1, 0) else npy.read_array_header_2_0
            shape, fortran, dtype = read(stream)
        except DAMAGED_ARRAYS as error:
            raise _unreadable(place, error) from error
        if dtype.hasobject:
            raise DataError(
                f"{place} holds Python objects, which are not unpickled; save an array of numbers"
            )
        if not shape:
            raise DataError(f"{place} is a single number; the first axis of an array is the sample")
        return _Header(shape=shape, fortran=fortran, dtype=dtype)

    def require(self, shape: tuple[int, ...] | None, place: str) -> None:
        if shape is not None and self.shape[1:] != shape:
            raise DataError(
                f"{place} has the shape {self.shape}; samples of the data set are {shape}"
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class _NpyFile:
    path: Path

    @property
    def names(self) -> tuple[str, ...]:
        return ()

    def length(self, name: str) -> int:
        return self._header().shape[0]

    def rows(self, name: str, indices: Sequence[int], shape: tuple[int, ...] | None) -> np.ndarray:
        import numpy as np

        self._header().require(shape, str(self.path))
        try:
            return np.array(np.load(self.path, mmap_mode="r", allow_pickle=False)[list(indices)])
        except DAMAGED_ARRAYS as error:
            raise _unreadable(str(self.path), error) from error

    def _header(self) -> _Header:
        try:
            with self.path.open("rb") as stream:
                return _Header.of(stream, str(self.path))
        except OSError as error:
            raise _unreadable(str(self.path), error) from error


@dataclass(frozen=True, slots=True, kw_only=True)
class _NpzFile:
    path: Path

    @property
    def names(self) -> tuple[str, ...]:
        with self._archive() as archive:
            members = archive.namelist()
        return tuple(name.removesuffix(".npy") for name in members if name.endswith(".npy"))

    def length(self, name: str) -> int:
        with self._archive() as archive, self._member(archive, name) as stream:
            return _Header.of(stream, self._place(name)).shape[0]

    def rows(self, name: str, indices: Sequence[int], shape: tuple[int, ...] | None) -> np.ndarray:
        place = self._place(name)
        with self._archive() as archive, self._member(archive, name) as stream:
            header = _Header.of(stream, place)
            header.require(shape, place)
            try:
                return _stream_rows(stream, header, indices)
            except DAMAGED_ARRAYS as error:
                raise _unreadable(place, error) from error

    def _archive(self) -> zipfile.ZipFile:
        try:
            return zipfile.ZipFile(self.path)
        except DAMAGED_ARRAYS as error:
            raise _unreadable(str(self.path), error) from error

    def _member(self, archive: zipfile.ZipFile, name: str) -> IO[bytes]:
        if f"{name}.npy" not in archive.namelist():
            raise unknown_name("array", name, self.names, str(self.path))
        try:
            return archive.open(f"{name}.npy")
        except DAMAGED_ARRAYS as error:
            raise _unreadable(self._place(name), error) from error

    def _place(self, name: str) -> str:
        return f"array {name!r} of {self.path}"


def _stream_rows(stream: IO[bytes], header: _Header, indices: Sequence[int]) -> np.ndarray:
    """Return rows of an array whose head was read; one in the order of Fortran is read wholly."""
    import numpy as np

    start, row_shape = stream.tell(), header.shape[1:]
    if header.fortran:
        whole = np.frombuffer(stream.read(), dtype=header.dtype)
        return whole.reshape(header.shape, order="F")[list(indices)]
    row_bytes = math.prod(row_shape) * header.dtype.itemsize
    rows = {}
    for index in sorted(set(indices)):
        stream.seek(start + index * row_bytes)
        rows[index] = np.frombuffer(stream.read(row_bytes), dtype=header.dtype).reshape(row_shape)
    return np.stack([rows[index] for index in indices])


@dataclass(frozen=True, slots=True, kw_only=True)
class _ParquetFile:
    path: Path

    @property
    def names(self) -> tuple[str, ...]:
        import pyarrow as pa
        import pyarrow.parquet as pq

        try:
            return tuple(pq.read_schema(self.path, memory_map=True).names)
        except (OSError, pa.ArrowException) as error:
            raise _unreadable(str(self.path), error) from error

    def length(self, name: str) -> int:
        import pyarrow.parquet as pq

        if name not in self.names:
            raise unknown_name("column", name, self.names, str(self.path))
        return int(pq.read_metadata(self.path, memory_map=True).num_rows)

    def rows(self, name: str, indices: Sequence[int], shape: tuple[int, ...] | None) -> np.ndarray:
        import numpy as np
        import pyarrow as pa

        self.length(name)
        place = f"column {name!r} of {self.path}"
        try:
            values = _numbers(self._taken(name, sorted(indices)), place)
        except (OSError, pa.ArrowException) as error:
            raise _unreadable(place, error) from error
        if shape is not None and math.prod(values.shape[1:]) != math.prod(shape):
            raise DataError(
                f"{place} has samples of shape {values.shape[1:]}; those of the data set are "
                f"{shape}"
            )
        ranks = np.argsort(np.argsort(indices, kind="stable"), kind="stable")
        return (values if shape is None else values.reshape(-1, *shape))[ranks]

    def _taken(self, name: str, indices: Sequence[int]) -> pa.Array:
        """Return rows in ascending order; those not wanted are dropped as the file is read."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        parts, start = [], 0
        with pq.ParquetFile(self.path, memory_map=True) as file:
            for group in range(file.metadata.num_row_groups):
                end = start + file.metadata.row_group(group).num_rows
                if not any(start <= index < end for index in indices):
                    start = end
                    continue
                for batch in file.iter_batches(_READ_AT_ONCE, [group], columns=[name]):
                    wanted = [i - start for i in indices if start <= i < start + batch.num_rows]
                    if wanted:
                        parts.append(batch.column(0).take(pa.array(wanted)))
                    start += batch.num_rows
        return pa.concat_arrays(parts)


def _numbers(column: pa.Array, place: str) -> np.ndarray:
    """Return a column of numbers, or of lists of equal length of them, as an array."""
    import pyarrow as pa

    shape = [len(column)]
    while (
        pa.types.is_list(column.type)
        or pa.types.is_large_list(column.type)
        or (pa.types.is_fixed_size_list(column.type))
    ):
        lengths = set(column.value_lengths().to_pylist())
        if len(lengths) != 1 or None in lengths:
            raise DataError(f"{place} has samples of different lengths, or none in some rows")
        shape.append(lengths.pop())
        column = column.flatten()
    kind = column.type
    if not (pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_boolean(kind)):
        raise DataError(f"{place} holds {kind}; an array of numbers is needed")
    if column.null_count:
        raise DataError(f"{place} has empty rows among those drawn; fill or drop them")
    values: np.ndarray = column.to_numpy(zero_copy_only=False)
    return values.reshape(shape)


def _unreadable(place: str, error: BaseException) -> DataError:
    return DataError(f"cannot read {place}: {first_line(error)}")
