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
    """Print texts as a table, as `harness.reports.writers.print_table` does."""
    from harness.reports.report_table import ReportTable, columns
    from harness.reports.writers import print_table as print_report

    print_report(ReportTable(columns=columns(*heads), rows=tuple(tuple(row) for row in rows)))


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
