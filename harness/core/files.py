"""Text files that are there as a whole or not at all; TOML that somebody else wrote."""

from __future__ import annotations

import csv
import io
import logging
import tomllib
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from uuid import uuid4

from harness.core.errors import DataError, InfrastructureError

__all__ = [
    "DAMAGED_ARRAYS",
    "csv_text",
    "inside",
    "logged_if_unwritable",
    "put",
    "read_toml",
    "remove",
    "replacing",
    "temporary_name",
    "write_at_once",
]

_LOG = logging.getLogger(__name__)

DAMAGED_ARRAYS = (
    OSError,
    EOFError,
    KeyError,
    TypeError,
    ValueError,
    RuntimeError,
    zlib.error,
    zipfile.BadZipFile,
)
"""What numpy and zipfile raise for a damaged file of arrays, or one of something else."""

_LONGEST = 1 << 20
"""Bytes; no description of anything is longer, and a parser takes its time over what is."""


def write_at_once(path: Path, content: str, remedy: str) -> None:
    """Write a file under a temporary name and rename it.

    Args:
        path: The file; its folder is made.
        content: Its text; line ends are written as they are.
        remedy: What to do when it cannot be written, for the message.

    Raises:
        InfrastructureError: It cannot be written; the file is as it was before.
    """
    try:
        put(path, content)
    except OSError as error:
        raise InfrastructureError(f"cannot write {path}: {error.strerror}; {remedy}") from error


def remove(path: Path, remedy: str) -> None:
    """Remove a file if it is there.

    Args:
        path: The file.
        remedy: What to do when it cannot be removed, for the message.

    Raises:
        InfrastructureError: It cannot be removed.
    """
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise InfrastructureError(f"cannot remove {path}: {error.strerror}; {remedy}") from error


@contextmanager
def logged_if_unwritable() -> Iterator[None]:
    """Log a file that cannot be written in a block, whose content the caller has all the same.

    A command ends with the exit code of such errors, after it has shown everything.
    """
    try:
        yield
    except InfrastructureError as error:
        _LOG.error("%s", error)


def put(path: Path, content: str) -> None:
    """Do what `write_at_once` does, for callers who deal with the error.

    Raises:
        OSError: It cannot be written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with replacing(path) as temporary:
        temporary.write_text(content, encoding="utf-8", newline="\n")


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Yield a name to write a file under, and rename it at the end; a failure leaves nothing.

    Raises:
        OSError: It cannot be renamed.
    """
    temporary = temporary_name(path)
    try:
        yield temporary
        temporary.replace(path)
    finally:
        with suppress(OSError):  # mostly that it is gone; a folder that refuses was said already
            temporary.unlink()


def temporary_name(path: Path) -> Path:
    """Return a name beside a file that nobody else writes under, on this machine or another."""
    return path.with_name(f"{path.name}.{uuid4().hex[:12]}.tmp")


def inside(root: Path, path: Path) -> Path:
    """Return a path under a folder, unless a symbolic link on the way leads out of it.

    A results folder may come from somebody else, and a link in it would have files elsewhere
    written to.

    Raises:
        InfrastructureError: It leads outside.
    """
    if not path.resolve().is_relative_to(root.resolve()):
        raise InfrastructureError(
            f"{path} leads outside {root} to {path.resolve()}; name the real folder instead of "
            "linking to it"
        )
    return path


def csv_text(rows: Sequence[Mapping[str, str | int | float | None]]) -> str:
    """Return rows with the same keys as CSV with a head; no rows give no text."""
    if not rows:
        return ""
    stream = io.StringIO()
    writer = csv.DictWriter(stream, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return stream.getvalue()


def read_toml(path: Path) -> dict[str, object]:
    """Read a TOML file.

    Raises:
        DataError: It is no plain file, longer than 1 MiB, or no TOML.
    """
    if not path.is_file():
        raise DataError(f"there is no file {path}")
    try:
        with path.open("rb") as stream:
            content = stream.read(_LONGEST + 1)
        if len(content) > _LONGEST:
            raise DataError(f"{path} is longer than {_LONGEST} bytes, which no description is")
        return tomllib.loads(content.decode("utf-8-sig"))  # Windows editors write the mark
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror}") from error
    except RecursionError:
        raise DataError(f"{path} cannot be read as TOML: it is nested too deeply") from None
    except ValueError as error:  # not UTF-8, not TOML, or a number of thousands of digits
        raise DataError(f"{path} cannot be read as TOML: {error}") from None
