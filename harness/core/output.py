"""Standard output is for data: what code of others prints meanwhile goes to standard error."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from typing import TextIO

__all__ = ["data_output", "print_to_errors", "prints_apart"]


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
