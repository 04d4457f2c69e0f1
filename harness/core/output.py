"""Standard output is for data: what code of others prints meanwhile goes to standard error."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from typing import TextIO

__all__ = ["data_output", "drop_output", "open_outputs", "print_to_errors", "prints_apart"]


def open_outputs() -> None:
    """Open what a caller has closed, as ``>&-`` does, and let streams escape what they cannot say.

    A locale without UTF-8 has no letters for some names, and one such letter would end a command.
    """
    while (descriptor := os.open(os.devnull, os.O_RDWR)) <= _LAST_STREAM:
        # Or the next file that is opened would be taken for a stream, here or by a worker.
        os.set_inheritable(descriptor, True)
    os.close(descriptor)
    if sys.stdout is None:
        sys.stdout = os.fdopen(1, "w")
    if sys.stderr is None:
        sys.stderr = os.fdopen(2, "w")
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


_LAST_STREAM = 2
"""Number of the last of the three streams that a process has from the start."""


class _Prints(io.TextIOBase):
    """Takes what is printed while data have a way of their own."""

    def __init__(self, data: TextIO) -> None:
        self.data = data

    def write(self, text: str) -> int:
        return sys.stderr.write(text)

    def fileno(self) -> int:
        return sys.stderr.fileno()


@contextmanager
def prints_apart() -> Iterator[None]:
    """Send what is printed in a block to standard error; `data_output` is not changed."""
    with redirect_stdout(_Prints(data_output())):
        yield


def print_to_errors() -> None:
    """Send all that this process prints from now on to standard error, a line at a time.

    Of a worker: what it holds back would be lost when it is ended.
    """
    os.dup2(2, 1)
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(line_buffering=True)


def data_output() -> TextIO:
    """Return standard output, for data."""
    now = sys.stdout
    return now.data if isinstance(now, _Prints) else now


def drop_output() -> None:
    """Send what is still held back of standard output nowhere, since nobody reads it."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.close(nowhere)
