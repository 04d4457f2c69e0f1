"""``harness gate``: is every plugin still as good as its committed baseline says?"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from harness.cli import settings

if TYPE_CHECKING:
    from harness.catalog import LoadedPlugin
    from harness.evaluation import Contest
    from harness.gate import Judgement, Snapshot
    from harness.run.execute import Options
    from harness.suite import Suite

__all__ = ["gate"]

_BASELINES = Path("results") / "baselines"

Baseline = Annotated[
    Path | None,
    typer.Option(metavar="FOLDER", help="Its baseline; results/baselines/SUITE when absent."),
]
Strict = Annotated[bool, typer.Option("--strict", help="Without a baseline, exit with code 3.")]
Update = Annotated[
    bool, typer.Option("--update-baseline", help="Write the baseline anew and say what changed.")
]
Junit = Annotated[Path | None, typer.Option(metavar="FILE", help="Write JUnit XML too.")]
Summary = Annotated[Path | None, typer.Option(metavar="FILE", help="Write the Markdown too.")]
Stored = Annotated[
    Path | None,
    typer.Option(
        help="Reuse records of this folder; without it everything is scored anew, so that an edit "
        "without a new version is seen."
    ),
]


def gate(
    suite: settings.SuiteName,
    baseline: Baseline = None,
    plugin: settings.Plugins = None,
    only: settings.Only = False,
    strict: Strict = False,
    update_baseline: Update = False,
    junit: Junit = None,
    summary: Summary = None,
    results: Stored = None,
    images: settings.Images = None,
    workers: settings.Workers = None,
) -> None:
    """Run a suite and hold it against its baseline: scores, quality, coverage, truth and times.

    Exit code 0: passed; 1: drift or a worse ranking; 4: lost coverage; 5: not comparable.
    Example: harness gate gate --junit gate.xml
    """
    from harness.cli.output import say, warn
    from harness.core.errors import InfrastructureError
    from harness.gate.changes import changes
    from harness.gate.store import has_baseline, read_baseline, write_baseline
    from harness.suite import load_suite

    wanted = load_suite(suite)
    folder = baseline or _BASELINES / wanted.name
    stored = read_baseline(folder) if has_baseline(folder) else None
    if stored is None and strict and not update_baseline:
        raise InfrastructureError(
            f"there is no baseline in {folder}; write one with "
            f"harness gate {suite} --update-baseline and commit it"
        )
    plugins = _plugins(wanted, plugin or [], stored, only=only)
    with _options(results, images, workers) as options:
        current, contests = _run(wanted, plugins, options)
    if update_baseline:
        replaced = current.with_tolerances_of(stored) if stored else current
        for line in changes(stored, replaced) or ["nothing changed"]:
            sys.stdout.write(f"{line}\n")
        for path in write_baseline(replaced, folder):
            say(f"wrote {path}")
    elif stored is None:
        warn(
            f"NOTHING WAS COMPARED: there is no baseline in {folder}; write one with "
            f"harness gate {suite} --update-baseline and commit it"
        )
    else:
        _show(_judged(stored, current, contests, only=only), junit, summary)


def _plugins(
    suite: Suite, asked: list[str], stored: Snapshot | None, *, only: bool
) -> tuple[LoadedPlugin, ...]:
    """Choose as other commands do, but leave a plugin that vanished to the gate's verdict."""
    from harness.catalog import installed
    from harness.cli.output import warn

    known = installed().plugins
    gone = [one for one in suite.plugins if stored and one in stored.plugins and one not in known]
    for name in gone:
        warn(f"the plugin {name} of suite {suite.name} is not installed")
    present = tuple(one for one in suite.plugins if one not in gone)
    kept = suite.model_copy(update={"plugins": present})
    return settings.choose_plugins(kept, asked, only=only)


@contextmanager
def _options(results: Path | None, images: Path | None, workers: int | None) -> Iterator[Options]:
    from harness.run.execute import Options

    with tempfile.TemporaryDirectory(prefix="harness-gate-") as fresh:
        yield Options(results=results or Path(fresh), images=images, workers=workers)


def _run(
    suite: Suite, plugins: tuple[LoadedPlugin, ...], options: Options
) -> tuple[Snapshot, tuple[Contest, ...]]:
    from harness.cli.output import progress_bar
    from harness.evaluation import contests
    from harness.gate import take
    from harness.run.execute import execute, prepare

    prepared = prepare(suite, plugins, options)
    with progress_bar(f"scoring {suite.name}") as update:
        execute(prepared, options, update)
    joined = contests(prepared)
    return take(prepared, joined), joined


def _judged(
    stored: Snapshot, current: Snapshot, contests: tuple[Contest, ...], *, only: bool
) -> Judgement:
    from harness.core.errors import UsageError
    from harness.gate import judge

    if stored.suite != current.suite:
        raise UsageError(
            f"the baseline is of suite {stored.suite}, not of {current.suite}; "
            "name another folder with --baseline"
        )
    return judge(stored.of(current.plugins) if only else stored, current, contests)


def _show(judgement: Judgement, junit: Path | None, summary: Path | None) -> None:
    from harness.cli.gate_output import print_judgement, write_text
    from harness.gate.junit import write_junit
    from harness.gate.summary import summary as markdown

    print_judgement(judgement)
    text = markdown(judgement)
    if summary:
        write_text(summary, text, append=False)
    if step := os.environ.get("GITHUB_STEP_SUMMARY"):
        write_text(Path(step), text, append=True)
    if junit:
        write_junit(judgement, junit)
    if judgement.exit_code:
        raise typer.Exit(int(judgement.exit_code))
