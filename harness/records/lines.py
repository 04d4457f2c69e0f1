"""Lines of JSON that prove they are whole, in files that only ever grow."""

from __future__ import annotations

import logging
import os
import zlib
from collections.abc import Iterator
from io import FileIO
from pathlib import Path

from harness.core.errors import DataError

__all__ = ["drop_incomplete_line", "sealed", "unsealed", "whole_lines", "write_whole"]

_LOG = logging.getLogger(__name__)
_CHECK = ',"check":"'


def sealed(text: str) -> str:
    """Return a JSON object as a line that ends in its own checksum."""
    body = text[:-1]
    return f'{body}{_CHECK}{zlib.crc32(body.encode()):08x}"}}\n'


def unsealed(line: str, where: str, remedy: str) -> str:
    """Return the JSON object of a line that `sealed` wrote.

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


def whole_lines(path: Path, again: str) -> Iterator[tuple[str, str]]:
    """Yield the lines of a file with file and line number; none where there is no file.

    A last line without its end was cut off by a kill: it is left out with a warning.

    Args:
        path: The file.
        again: What happens instead, for the warning.
    """
    if not path.exists():
        return
    with path.open("rb") as stream:
        for number, raw in enumerate(stream, start=1):
            where = f"{path}:{number}"
            if not raw.endswith(b"\n"):
                _LOG.warning(
                    "%s is incomplete: a run was stopped while writing it; %s", where, again
                )
                return
            yield raw.decode(errors="replace"), where


def drop_incomplete_line(path: Path) -> None:
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


def write_whole(stream: FileIO, line: bytes) -> None:
    """Append a line, or nothing: what a full disk let through of it is cut off again.

    Args:
        stream: An unbuffered file, open for appending; a buffer would try again when it is closed.
        line: The line with its end.

    Raises:
        OSError: It cannot be written.
    """
    start = os.fstat(stream.fileno()).st_size
    rest = memoryview(line)
    try:
        while rest:
            rest = rest[stream.write(rest) or 0 :]
    except OSError:
        stream.truncate(start)
        raise
