"""``harness gate``: is every plugin still as good as its committed baseline says?"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from harness.cli import settings
from harness.cli.failed import refuse_failed

if TYPE_CHECKING:
    from harness.regression_gate import Judgement, Snapshot

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
    device: settings.Device = "cpu",
    workers: settings.Workers = None,
) -> None:
    """Run a suite and hold it against its baseline: scores, quality, coverage, truth and times.

    Exit code 0: passed; 1: drift, a worse ranking, or a plugin that failed on everything;
    4: lost coverage; 5: not comparable.
    Example: harness gate smoke --junit gate.xml
    """
    from harness.cli.gate_run import chosen, records, run_suite, stored_baseline
    from harness.cli.output import warn
    from harness.core.errors import InfrastructureError
    from harness.execution.run import Options
    from harness.regression_gate import judge
    from harness.suite import load_suite

    wanted = load_suite(suite)
    folder = baseline or _BASELINES / wanted.name
    stored = stored_baseline(folder, wanted.name, replaced=update_baseline)
    absent = (
        f"there is no baseline in {folder}; write one with "
        f"harness gate {suite} --update-baseline and commit it"
    )
    if stored is None and strict and not update_baseline:
        raise InfrastructureError(absent)
    plugins = chosen(wanted, plugin or [], stored, only=only)
    with records(results) as kept:
        options = Options(results=kept, device=device, images=images, workers=workers)
        prepared, current, contests = run_suite(wanted, plugins, options)
    if update_baseline:
        _update(stored, current, folder)
    elif stored is None:
        warn(f"NOTHING WAS COMPARED: {absent}")
    else:
        compared = stored.of(current.plugins) if only else stored
        _show(judge(compared, current, contests), junit, summary)
    refuse_failed(prepared)


def _update(stored: Snapshot | None, current: Snapshot, folder: Path) -> None:
    from harness.cli.output import say
    from harness.regression_gate.changes import changes
    from harness.regression_gate.store import write_baseline

    new = current.with_tolerances_of(stored) if stored else current
    for line in changes(stored, new) or ["nothing changed"]:
        sys.stdout.write(f"{line}\n")
    for path in write_baseline(new, folder):
        say(f"wrote {path}")


def _show(judgement: Judgement, junit: Path | None, summary: Path | None) -> None:
    from harness.cli.gate_output import print_judgement, write_text
    from harness.regression_gate.junit import write_junit
    from harness.regression_gate.summary import summary as markdown

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
