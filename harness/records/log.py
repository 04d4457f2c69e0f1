"""Logs: files of JSON lines that only ever grow, each line with its own checksum."""

from __future__ import annotations

import logging
import os
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import FileIO
from pathlib import Path
from typing import BinaryIO, Generic, TypeVar

from pydantic import TypeAdapter, ValidationError

from harness.core.errors import DataError, InfrastructureError
from harness.core.file_faults import first_fault

__all__ = [
    "OpenLog",
    "RecordKind",
    "RecordLog",
    "seal_line",
    "unseal_line",
    "unwritable",
    "validate_record",
]

R = TypeVar("R")

_LOG = logging.getLogger(__name__)
_CHECK = ',"check":"'


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordKind(Generic[R]):
    """What is stored in a log.

    Attributes:
        encode: Returns a record as a line that `seal_line` made.
        decode: Reads such a line; its second argument is file and line number, for messages.
        again: What happens to a record whose line was cut off, for a warning.
        busy: What another process does that holds the log, for a message.
    """

    encode: Callable[[R], str]
    decode: Callable[[str, str], R]
    again: str
    busy: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordLog(Generic[R]):
    """A log on disk; it need not exist."""

    path: Path
    kind: RecordKind[R]

    def read(self) -> Iterator[R]:
        """Yield the records, none where there is no file.

        A last line without its end was cut off by a kill: it is left out with a warning.

        Raises:
            DataError: A line is damaged; the message names the file and the line.
        """
        try:
            stream = self.path.open("rb")
        except FileNotFoundError:
            return
        with stream:
            yield from self.decoded(stream)

    def decoded(self, stream: BinaryIO) -> Iterator[R]:
        """Yield the records of the log, which somebody has opened, as `read` does.

        Raises:
            DataError: A line is damaged; the message names the file and the line.
        """
        for line, where in _whole_lines(stream, self.path, self.kind.again):
            yield self.kind.decode(line, where)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Let no other process write to the log; cut off what a kill left of a line.

        Raises:
            InfrastructureError: The folder cannot be written, or another process has it open.
        """
        from filelock import FileLock, Timeout

        folder = self.path.parent
        try:
            folder.mkdir(parents=True, exist_ok=True)
            lock = FileLock(folder / ".lock", timeout=0)
            lock.acquire()
        except Timeout as error:
            raise InfrastructureError(
                f"{self.kind.busy} {folder}; wait for it, or use another folder"
            ) from error
        except OSError as error:
            raise InfrastructureError(
                f"cannot write to the results folder {folder}: {error.strerror}; choose another one"
            ) from error
        with lock:
            try:
                _drop_incomplete_line(self.path)
            except OSError as error:
                raise unwritable(self.path, error) from error
            yield

    def open(self) -> OpenLog[R]:
        """Open the log for writing; only who has locked it may.

        Raises:
            InfrastructureError: It cannot be written.
        """
        try:
            stream = self.path.open("ab", buffering=0)
        except OSError as error:
            raise unwritable(self.path, error) from error
        return OpenLog(stream, self.path, self.kind.encode)


class OpenLog(Generic[R]):
    """The open end of a log."""

    def __init__(self, stream: FileIO, path: Path, encode: Callable[[R], str]) -> None:
        self._stream = stream
        self._path = path
        self._encode = encode
        self.size_bytes = os.fstat(stream.fileno()).st_size

    def append(self, *records: R) -> None:
        """Write records; they are on file when this returns, whatever happens to the process.

        Raises:
            InfrastructureError: The disk is full or the file cannot be written; none of them is
                there then.
        """
        lines = "".join(self._encode(record) for record in records).encode()
        try:
            _write_whole(self._stream, lines)
        except OSError as error:
            raise unwritable(self._path, error) from error
        self.size_bytes += len(lines)

    def close(self) -> None:
        """Bring everything to disk; does nothing the second time.

        Raises:
            InfrastructureError: The disk is full.
        """
        if self._stream.closed:
            return
        with self._stream:
            try:
                os.fsync(self._stream.fileno())
            except OSError as error:
                raise unwritable(self._path, error) from error


def seal_line(text: str) -> str:
    """Return a JSON object as a line that ends in its own checksum."""
    body = text[:-1]
    return f'{body}{_CHECK}{zlib.crc32(body.encode()):08x}"}}\n'


def unseal_line(line: str, where: str, remedy: str) -> str:
    """Return the JSON object of a line that `seal_line` wrote.

    Args:
        line: The line.
        where: File and line number, for the message.
        remedy: What happens once the line is deleted, for the message.

    Raises:
        DataError: The line is not what was written; the message starts with `where`.
    """
    body, check, tail = line.rpartition(_CHECK)
    if not check or tail.rstrip("\n") != f'{zlib.crc32(body.encode()):08x}"}}':
        raise DataError(
            f"{where}: the record is damaged (its checksum does not match); delete this line and "
            f"run again, and {remedy}"
        )
    return body + "}"


def validate_record(adapter: TypeAdapter[R], text: str, where: str, remedy: str = "") -> R:
    """Return the record that a JSON object holds.

    Args:
        adapter: What a record is.
        text: The JSON object.
        where: File and line number, for the message.
        remedy: What to do, for the end of the message.

    Raises:
        DataError: A part of it is missing or wrong; the message starts with `where`.
    """
    try:
        return adapter.validate_json(text)
    except ValidationError as error:
        part, fault = first_fault(error)
        raise DataError(
            f"{where}: the record's {part or 'JSON'} is wrong: {fault}{remedy}"
        ) from error


def unwritable(path: Path, error: OSError) -> InfrastructureError:
    """Return the error for a file of a results folder that the system does not let grow."""
    return InfrastructureError(
        f"cannot write to {path}: {error.strerror}; what was stored so far is safe, "
        f"free some space and run the same command again"
    )


def _whole_lines(stream: BinaryIO, path: Path, again: str) -> Iterator[tuple[str, str]]:
    """Yield lines with file and line number."""
    for number, raw in enumerate(stream, start=1):
        where = f"{path}:{number}"
        if not raw.endswith(b"\n"):
            _LOG.warning("%s is incomplete: a run was stopped while writing it; %s", where, again)
            return
        yield raw.decode(errors="replace"), where


def _drop_incomplete_line(path: Path) -> None:
    """Cut off what follows the last end of a line."""
    if not path.exists():
        return
    with path.open("r+b") as stream:
        content_end = stream.seek(0, os.SEEK_END)
        position, tail = content_end, b""
        while position > 0 and b"\n" not in tail:
            step = min(65536, position)
            position = stream.seek(position - step)
            tail = stream.read(step) + tail
        keep = position + tail.rfind(b"\n") + 1
        if keep != content_end:
            stream.truncate(keep)


def _write_whole(stream: FileIO, lines: bytes) -> None:
    """Append lines, or nothing: what a full disk let through of them is cut off again.

    Args:
        stream: An unbuffered file, open for appending; a buffer would try again when it is closed.
        lines: The lines with their ends.

    Raises:
        OSError: They cannot be written.
    """
    start = os.fstat(stream.fileno()).st_size
    rest = memoryview(lines)
    try:
        while rest:
            rest = rest[stream.write(rest) or 0 :]
    except OSError:
        stream.truncate(start)
        raise
