"""Commands about suites: ``run``, ``report``, ``compare`` and ``gate``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

import harness
from harness.cli.options import (
    BatchName,
    DataFolder,
    Device,
    Identical,
    Images,
    MetricNames,
    Only,
    Plugins,
    Results,
    Sample,
    ScoreFiles,
    Seed,
    Workers,
    sample_shape,
    suite_names,
    suite_or_task_names,
    task_names,
)
from harness.cli.output import refuse, say, say_files, shown_progress
from harness.cli.step_summary import add_to_step_summary, errors_in_step_summary
from harness.core.counts import counted
from harness.core.output import data_output

if TYPE_CHECKING:
    from harness.api.results import ReportResult, RunResult
    from harness.regression_gate import Judgement
    from harness.reports.comparison import ComparisonTables

__all__ = ["compare", "gate", "report", "run"]

Side = Annotated[
    str,
    typer.Argument(
        help="A plugin's name or file, RESULTS_FOLDER:PLUGIN, RESULTS_FOLDER for all its plugins, "
        "published:PROXY or published:* for published scores, or FILE or FILE:NAME of scores that "
        "were computed elsewhere."
    ),
]


def run(
    suite: Annotated[
        str,
        typer.Argument(
            help="Name of a suite, or a .toml file; or a table of one's own; or a zoo: a folder "
            "with a Python file for each network, or a file with NETWORKS.",
            autocompletion=suite_names,
        ),
    ],
    truth: Annotated[
        Path | None,
        typer.Option(help="Of a zoo: table of networks and accuracies, or its description."),
    ] = None,
    shape: Annotated[
        str | None,
        typer.Option(help="Of a zoo: shape of one sample, e.g. 3,224,224; 3,32,32 when absent."),
    ] = None,
    classes: Annotated[
        int | None, typer.Option(min=1, help="Of a zoo: number of classes; 10 when absent.")
    ] = None,
    plugins: Plugins = None,
    only: Only = False,
    sample: Sample = None,
    identical: Identical = None,
    seed: Seed = None,
    seeds: Annotated[
        int | None,
        typer.Option(min=2, max=100, help="Run with so many seeds of weights, images and draws."),
    ] = None,
    against: Annotated[
        str | None,
        typer.Option(help="With --seeds: hold all others against this plugin, paired."),
    ] = None,
    metrics: MetricNames = None,
    scores: ScoreFiles = None,
    batch: BatchName = None,
    images: Images = None,
    device: Device = "cpu",
    results: Results = Path("results"),
    workers: Workers = None,
    timeout: Annotated[
        float | None, typer.Option(min=0.1, help="Seconds that one architecture may take.")
    ] = None,
    keep_memory: Annotated[
        bool,
        typer.Option(help="Workers keep freed memory: faster, but no peak memory is measured."),
    ] = False,
    retry: Annotated[
        bool, typer.Option(help="Ask again where a plugin timed out, crashed or ran out of memory.")
    ] = False,
    fresh: Annotated[
        bool, typer.Option(help="Take nothing from the archive, RESULTS/archive.")
    ] = False,
    memory_gib: Annotated[
        float | None,
        typer.Option(
            min=0.1,
            help="GiB that one worker process may hold, libraries included. [default: an equal "
            "share of this machine's memory]",
        ),
    ] = None,
    executor: Annotated[
        str | None,
        typer.Option(
            help="local (worker processes here), in-process, or dask. [default: local, or dask "
            "where --scheduler or --cluster is given]"
        ),
    ] = None,
    scheduler: Annotated[
        str | None,
        typer.Option(
            help="Address of a Dask scheduler that runs already, e.g. tcp://10.0.0.1:8786."
        ),
    ] = None,
    cluster: Annotated[
        Path | None, typer.Option(help="TOML file of a cluster to start: SLURM, Kubernetes, ...")
    ] = None,
    shard: Annotated[
        str | None,
        typer.Option(help="Score a part only, e.g. 2/5; join parts with harness merge."),
    ] = None,
) -> None:
    """Run a suite and print its leaderboard; what is stored already is not scored again.

    With --seeds, the same architectures are scored with several seeds, from --seed on, and the
    table tells mean and spread over them. Where a plugin failed on every architecture, the exit
    code is 1 after everything is written. Example: harness run smoke --plugin my_proxy.py
    """
    given = locals() | {"plugins": _given(plugins, only=only), "shape": sample_shape(shape)}
    with shown_progress() as progress:
        done = harness.run(**given, progress=progress)
    for number, computed in done.computed.items():
        counts = f"{computed} scores computed, {done.reused[number]} reused from {results}"
        say(counts if seeds is None else f"seed {number}: {counts}")
        archived, checked = done.archived[number]
        if archived:
            say(
                f"{archived} scores are archived; {checked} others of the archive were computed "
                "here as well, and are the same within their stability"
            )
    _print_run(done)
    say_files(done.files)
    refuse(done.failed)


def report(
    names: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="SUITE",
            help="Name of a suite, or a .toml file; with --published names of tasks, all with "
            "published scores when absent.",
            autocompletion=suite_or_task_names,
        ),
    ] = None,
    published: Annotated[
        bool, typer.Option("--published", help="Rank proxy scores that others published.")
    ] = False,
    plugins: Plugins = None,
    only: Only = False,
    metrics: MetricNames = None,
    scores: ScoreFiles = None,
    sample: Sample = None,
    identical: Identical = None,
    seed: Seed = None,
    batch: BatchName = None,
    images: Images = None,
    device: Annotated[str | None, typer.Option(help="cpu, cuda or auto; cpu when absent.")] = None,
    results: Results = Path("results"),
    data_dir: DataFolder = None,
    resamples: Annotated[
        int | None,
        typer.Option(min=100, help="With --published: bootstrap resamples; 1000 when absent."),
    ] = None,
) -> None:
    """Print the leaderboard of stored scores and write it as Markdown, CSV and JSON.

    With --published, of scores that NAS-Bench-Suite-Zero and others published: each task has a
    leaderboard of its own; several have one together, among the architectures that every proxy
    with 99 % coverage scored. That needs no network and no images; exit code 3 when a file is
    missing or damaged, and the other tasks are shown all the same. Example: harness report smoke
    """
    given = locals() | {"plugins": _given(plugins, only=only)}
    from harness.core.errors import UsageError

    names = given.pop("names") or []
    if not published and len(names) > 1:
        raise UsageError(f"a report is of one suite, not of {', '.join(names)}")
    given["published"] = published and (names or True)
    given["suite"] = None if published or not names else names[0]
    with shown_progress() as progress:
        done = harness.report(**given, progress=progress)
    if done.leaderboard is not None:
        from harness.reports.leaderboard import print_leaderboard

        print_leaderboard(done.leaderboard)
    if published:
        _say_published(done, results)
    else:
        say_files(done.files)


def compare(
    a: Side,
    b: Side,
    suite: Annotated[str, typer.Option(help="Suite whose tasks and cells are used.")] = (
        "nb201-quick"
    ),
    tasks: Annotated[
        list[str] | None,
        typer.Option(
            "--task",
            help="Compare on this task instead of the suite's. Repeatable.",
            autocompletion=task_names,
        ),
    ] = None,
    metrics: MetricNames = None,
    sample: Sample = None,
    identical: Identical = None,
    seed: Seed = None,
    batch: BatchName = None,
    images: Images = None,
    device: Device = "cpu",
    results: Results = Path("results"),
    resamples: Annotated[
        int | None, typer.Option(min=100, help="Bootstrap resamples; the suite's when absent.")
    ] = None,
    most: Annotated[int, typer.Option(min=0, help="Architectures to show.")] = 5,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Compare two plugins on the architectures that both scored; nothing is scored.

    Prints Markdown where the output is not a terminal.
    Example: harness compare synflow nwot --suite smoke
    """
    given = locals()
    given.pop("as_json")
    comparison = harness.compare(**given)
    if as_json:
        import json

        data_output().write(json.dumps(comparison.json, indent=1, allow_nan=False) + "\n")
    else:
        _print_comparison(comparison)


def gate(
    suite: Annotated[
        str | None,
        typer.Argument(
            help="Name of a suite, or a .toml file; the archive when absent.",
            autocompletion=suite_names,
        ),
    ] = None,
    baseline: Annotated[
        Path | None,
        typer.Option(
            metavar="FOLDER",
            help="Its baseline, results/baselines/SUITE when absent; of no suite, the archive, "
            "results/archive when absent.",
        ),
    ] = None,
    plugins: Plugins = None,
    only: Only = False,
    scores: ScoreFiles = None,
    update_baseline: Annotated[
        bool,
        typer.Option(
            "--update-baseline",
            help="Write the baseline anew and say what changed; without a suite, choose anew which "
            "networks of the archive are compared.",
        ),
    ] = False,
    junit: Annotated[Path | None, typer.Option(metavar="FILE", help="Write JUnit XML too.")] = None,
    summary: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the Markdown too.")
    ] = None,
    results: Annotated[
        Path | None,
        typer.Option(
            help="Reuse records of this folder; without it everything is scored anew, so that an "
            "edit without a new version is seen."
        ),
    ] = None,
    images: Images = None,
    device: Device = "cpu",
    workers: Workers = None,
) -> None:
    """Hold all proxies against the archive, or a suite against its baseline.

    Exit code 0: passed; 1: drift, a worse ranking, or a plugin that failed on everything;
    4: lost coverage; 5: not comparable.
    Example: harness gate smoke --update-baseline
    """
    given = locals() | {"plugins": _given(plugins, only=only)}
    with errors_in_step_summary(suite or "archive"), shown_progress() as progress:
        done = harness.gate(**given, progress=progress)
    for line in done.changes:
        data_output().write(f"{line}\n")
    say_files(done.files)
    if done.judgement is not None:
        from harness.regression_gate.summary import summary as summary_of

        _print_judgement(done.judgement)
        add_to_step_summary(summary_of(done.judgement))
        if done.judgement.exit_code:
            raise typer.Exit(int(done.judgement.exit_code))
    refuse(done.failed)


def _given(plugins: list[str] | None, *, only: bool) -> list[str] | None:
    """Return the plugins given.

    Raises:
        UsageError: They were to be the only ones, and there are none.
    """
    from harness.core.errors import UsageError

    if only and not plugins:
        raise UsageError("--only needs at least one --plugin")
    return plugins


def _say_published(done: ReportResult, results: Path) -> None:
    together = done.leaderboard
    if together is not None and done.files:
        count = len(done.by_task) + (len(together.boards) > 1)
        say(f"wrote {counted(count, 'leaderboard')} to {results / 'leaderboards' / together.suite}")
    for task, fault in done.faults.items():
        say(f"error: {task}: {fault}")
    if done.faults:
        raise typer.Exit(3)


def _print_run(done: RunResult) -> None:
    from harness.reports.leaderboard import print_leaderboard
    from harness.reports.seeds import SeedTable
    from harness.reports.writers import print_table

    match done.table:
        case None:
            say(f"this is {done.population}; join all shards with harness merge")
        case SeedTable() as table:
            say(table.facts)
            print_table(table.table)
        case leaderboard:
            print_leaderboard(leaderboard)


def _print_comparison(compared: ComparisonTables) -> None:
    if not data_output().isatty():
        data_output().write(compared.markdown)
        return
    from rich.console import Console
    from rich.text import Text

    from harness.reports.writers import print_notes, rich_table

    console = Console(file=data_output(), highlight=False)
    console.print(Text(compared.title, style="bold"))
    for table in compared.tables:
        console.print(rich_table(table))
        print_notes(console, table.notes, margin="")


def _print_judgement(judgement: Judgement) -> None:
    """Print tables on a terminal and Markdown otherwise."""
    from harness.regression_gate.summary import findings_table, headline, summary, values_table
    from harness.reports.writers import print_table

    if not data_output().isatty():
        data_output().write(summary(judgement))
        return
    print_table(values_table(judgement))
    if judgement.findings:
        data_output().write("\n")
        print_table(findings_table(judgement))
    data_output().write(f"\n{headline(judgement)}\n")
