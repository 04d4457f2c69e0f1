"""What a gate does before it judges: reads the baseline, chooses plugins and scores them."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from harness.cli import settings

if TYPE_CHECKING:
    from harness.catalog import LoadedProxy
    from harness.evaluation import TaskScores
    from harness.execution.run import Options, Run
    from harness.regression_gate import Snapshot
    from harness.suite import Suite

__all__ = ["chosen", "records", "run_suite", "stored_baseline"]


def stored_baseline(folder: Path, suite: str, *, replaced: bool) -> Snapshot | None:
    """Read the baseline of a suite; nothing where there is none.

    Args:
        folder: Its folder.
        suite: Name of the suite that it must be of.
        replaced: Whether a new one takes its place: a damaged one is then only warned of.

    Raises:
        DataError: It is damaged.
        UsageError: It is of another suite.
    """
    from harness.cli.output import warn
    from harness.core.errors import DataError, UsageError
    from harness.regression_gate.store import has_baseline, read_baseline

    if not has_baseline(folder):
        return None
    try:
        stored = read_baseline(folder)
    except DataError as error:
        if not replaced:
            raise
        warn(f"{error}; it is replaced, and tolerances that were set in it are lost")
        return None
    if stored.suite != suite:
        raise UsageError(
            f"the baseline in {folder} is of suite {stored.suite}, not of {suite}; "
            "name another folder with --baseline"
        )
    return stored


def chosen(
    suite: Suite, asked: list[str], stored: Snapshot | None, *, only: bool
) -> tuple[LoadedProxy, ...]:
    """Choose as other commands do, but leave a plugin that vanished to the gate's verdict."""
    from harness.catalog import LoadedProxy, installed
    from harness.cli.output import warn

    known = installed().of_kind(LoadedProxy)
    gone = [one for one in suite.plugins if stored and one in stored.plugins and one not in known]
    for name in gone:
        warn(f"the plugin {name} of suite {suite.name} is not installed")
    present = tuple(one for one in suite.plugins if one not in gone)
    kept = suite.model_copy(update={"plugins": present})
    return settings.choose_plugins(kept, asked, only=only)


@contextmanager
def records(results: Path | None) -> Iterator[Path]:
    """Yield the folder of records: the one given, or an empty one that is removed afterwards."""
    with tempfile.TemporaryDirectory(prefix="harness-gate-") as fresh:
        yield results or Path(fresh)


def run_suite(
    suite: Suite, plugins: tuple[LoadedProxy, ...], options: Options
) -> tuple[Run, Snapshot, tuple[TaskScores, ...]]:
    """Score what is missing, and return it with what is held against the baseline."""
    from harness.cli.output import progress_bar
    from harness.evaluation import join_stored
    from harness.execution.execute import execute
    from harness.execution.run import open_run
    from harness.regression_gate import take

    prepared = open_run(suite, plugins, options)
    with progress_bar(f"scoring {suite.name}") as update:
        execute(prepared, options, update)
    joined = join_stored(prepared)
    return prepared, take(prepared, joined), joined
