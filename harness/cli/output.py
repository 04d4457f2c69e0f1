"""Data to standard output, everything else to standard error."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Protocol

__all__ = ["Update", "print_table", "progress_bar", "say", "warn"]


class Update(Protocol):
    """Shows how much of something is done, with a remark if there is one."""

    def __call__(self, done: int, total: int, note: str = "") -> None:
        """Show it."""
        ...


def print_table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print a table; plain tab-separated text when standard output is not a terminal."""
    if not sys.stdout.isatty():
        for row in [heads, *rows]:
            sys.stdout.write("\t".join(row) + "\n")
        return
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(*heads, box=None, header_style="bold", pad_edge=False)
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    Console().print(table)


def say(text: str) -> None:
    """Tell the user something that is not data."""
    sys.stderr.write(text + "\n")


def warn(text: str) -> None:
    """Tell the user about something that did not go as it should."""
    say(f"warning: {text}")


@contextmanager
def progress_bar(title: str) -> Iterator[Update]:
    """Show a progress bar on standard error; yields the function to call with done and total."""
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
        TextColumn("{task.fields[note]}"),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        shown = progress.add_task(title, total=None, note="")

        def update(done: int, total: int, note: str = "") -> None:
            progress.update(shown, completed=done, total=total, note=note)

        yield update
