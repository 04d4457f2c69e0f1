"""Data to standard output, everything else to standard error."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from harness.api.results import Progress, Step

__all__ = ["print_table", "refuse", "say", "say_files", "shown_progress", "warn"]

_EVERY_S = 60.0


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


def say_files(paths: Iterable[Path]) -> None:
    """Tell the user which files were written."""
    for path in paths:
        say(f"wrote {path}")


def refuse(failed: Mapping[str, str]) -> None:
    """End a command whose plugins failed on everything, after all is stored and shown.

    Args:
        failed: What failed on what, and why.

    Raises:
        ContractError: There is any.
    """
    from harness.core.errors import ContractError

    if failed:
        listed = "; ".join(f"{what} ({reason})" for what, reason in failed.items())
        raise ContractError(
            f"{listed}; everything else is stored and shown, and harness check tries a plugin on "
            "a few architectures"
        )


@contextmanager
def shown_progress() -> Iterator[Progress]:
    """Show steps on standard error: a bar on a terminal, a line a minute elsewhere."""
    if not sys.stderr.isatty():
        yield _Lines()
        return
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
    with Progress(*columns, console=Console(stderr=True), transient=True) as bars:
        shown = bars.add_task("", total=None, note="", visible=False)
        what = ""

        def show(step: Step) -> None:
            nonlocal what
            if step.what != what:
                what = step.what
                bars.reset(shown, description=what, total=None, visible=True)
            note = f"· {step.remaining.processor_time}" if step.remaining else ""
            bars.update(shown, completed=step.done, total=step.total, note=note)

        yield show


class _Lines:
    """Tells batch jobs, whose output is a file, once a minute how far a command is.

    A run tells twice of every delivery, first without what remains: that is left out here.
    """

    def __init__(self) -> None:
        self._told = time.monotonic()
        self._run = ""

    def __call__(self, step: Step) -> None:
        if step.remaining is not None:
            self._run = step.what
        elif step.what == self._run:
            return
        if time.monotonic() - self._told < _EVERY_S:
            return
        self._told = time.monotonic()
        remaining = "" if step.remaining is None else f" architectures; {step.remaining}"
        say(f"{step.what}: {step.done} of {step.total}{remaining}")
