"""Commands about plugins and what there is: ``check``, ``cost``, ``list`` and ``new``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

import harness
from harness.cli.options import BatchName, Device, Images, Plugins, Workers, plugin_names
from harness.cli.output import print_table, refuse, say, say_files, shown_progress
from harness.spaces.knowledge import TRIED_ON
from harness.truth import traps_of

if TYPE_CHECKING:
    from harness.metrics import Metric
    from harness.truth import Task

__all__ = ["check", "cost", "lists", "new"]

_LONG = ("epochs", "without value", "training time", "source", "traps", "note")
"""Further columns of ``harness list tasks``."""

_MANY = 10**9
"""Architectures from which on a count is shortened."""

lists = typer.Typer(
    help="List plugins, spaces, suites, tasks, passes, batches or metrics. Example: harness list "
    "plugins",
    no_args_is_help=True,
)
new = typer.Typer(
    help="Write files to start from. Example: harness new proxy my_proxy", no_args_is_help=True
)


def check(
    plugins: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="PLUGIN",
            help="A plugin or a space: its name, or a .py file (file.py:NAME of a space); with "
            "--published several, all that have published values when absent.",
            autocompletion=plugin_names,
        ),
    ] = None,
    published: Annotated[
        bool,
        typer.Option("--published", help="Hold values against published ones instead."),
    ] = False,
    space: Annotated[
        str | None,
        typer.Option(help=f"Space, or its file, to try plugins on; {TRIED_ON} when absent."),
    ] = None,
    sample: Annotated[
        int | None,
        typer.Option(min=10, help="With --published: architectures drawn; all when absent."),
    ] = None,
    batch_source: Annotated[
        str | None,
        typer.Option(help="With --published: batch source; the size is the published one."),
    ] = None,
    images: Images = None,
    device: Annotated[str | None, typer.Option(help="cpu, cuda or auto; cpu when absent.")] = None,
    results: Annotated[
        Path | None, typer.Option(help="Folder for records; results when absent.")
    ] = None,
    workers: Workers = None,
) -> None:
    """Check that a plugin of any kind is pure, seeded, leaves no trace and declares what it needs.

    A space reads what it prints, and builds the same network of one text and seed. With
    --published, proxies and operation scorers are evaluated in the protocol of their published
    values, to say which reproduce. Exit code 1 when a rule is broken or a value deviates. Example:
    harness check my_proxy.py
    """
    given = locals()
    from harness.api.results import ContractResult

    with shown_progress() as progress:
        done = harness.check(**given, progress=progress)
    if isinstance(done, ContractResult):
        rows = [
            (name, finding.verdict, finding.rule, finding.detail)
            for name, findings in done.findings.items()
            for finding in findings
        ]
        print_table(("plugin", "verdict", "rule", "detail"), rows)
    else:
        from harness.fidelity import FidelityTable
        from harness.reports.writers import print_table as print_report

        print_report(FidelityTable(checks=done.values).table)
    if not done.passed:
        raise typer.Exit(1)


def cost(
    plugins: Plugins = None,
    suite: Annotated[str, typer.Option(help="Suite whose space, batch and cells are used.")] = (
        "nb201-quick"
    ),
    sample: Annotated[int, typer.Option(min=2, help="Number of networks.")] = 10,
    batch: BatchName = None,
    images: Images = None,
    device: Device = "cpu",
) -> None:
    """Measure the cost of proxies on a fixed sample of cells, with one thread.

    Example: harness cost --plugin grad_norm --plugin snip --sample 3
    """
    given = locals()
    with shown_progress() as progress:
        done = harness.cost(**given, progress=progress)
    from harness.reports.costs import cost_table
    from harness.reports.writers import print_table as print_report

    report = done.report
    print_report(cost_table(report))
    say(
        f"per network over {report.networks}: one by one {report.alone_s:.3f} s, "
        f"together {report.shared_s:.3f} s, ratio {report.alone_s / report.shared_s:.2f}; "
        f"batch {done.batch}, {done.processor}, 1 thread"
    )
    refuse(
        {
            f"{name} failed on all {report.networks} networks": reason
            for name, reason in report.failed.items()
        }
    )


@lists.command("plugins")
def list_plugins() -> None:
    """List every plugin by its kind, and every broken one.

    Example: harness list plugins
    """
    rows = [
        (plugin.name, plugin.kind, plugin.version, plugin.better, plugin.summary)
        for plugin in harness.list_plugins()
    ]
    print_table(("plugin", "kind", "version", "better", "summary"), rows)


@lists.command("spaces")
def list_spaces(
    files: Annotated[
        list[str] | None,
        typer.Argument(metavar="FILE", help="Space files to list too: file.py or file.py:NAME."),
    ] = None,
) -> None:
    """List spaces: how many architectures, where each comes from, and which truth there is.

    Example: harness list spaces my_space.py
    """
    rows = [
        (
            space.name,
            _count(space.size),
            space.origin,
            f"cannot be used: {space.fault}" if space.fault else space.summary,
            ", ".join(space.datasets),
        )
        for space in harness.list_spaces(files)
    ]
    print_table(("space", "architectures", "from", "summary", "data sets with tasks"), rows)


@lists.command("suites")
def list_suites() -> None:
    """List the suites that come with the harness.

    Example: harness list suites
    """
    rows = [
        (suite.name, suite.space, suite.population.name, suite.summary)
        for suite in harness.list_suites()
    ]
    print_table(("suite", "space", "population", "summary"), rows)


@lists.command("tasks")
def list_tasks(
    long: Annotated[
        bool, typer.Option("--long", help="Also what to know before quoting a number.")
    ] = False,
) -> None:
    """List the truth tables: what each number is, of how many architectures and networks.

    Example: harness list tasks --long
    """
    licences = {source.name: source.licence for source in harness.data_sources()}
    heads = ("task", "space", "dataset", "split", "metric", "unit", "better", "n", "distinct")
    heads += ("noise ceiling", "licence", *(_LONG if long else ()))
    rows = [
        (
            *(task.name, task.space, task.dataset, str(task.split), task.metric, task.unit),
            *(str(task.direction), str(task.n or ""), str(task.distinct or "")),
            "" if task.noise_ceiling is None else f"{task.noise_ceiling:.3f}",
            licences.get(task.source, ""),
            *(_known_of(task) if long else ()),
        )
        for task in harness.list_tasks()
    ]
    print_table(heads, rows)


def _known_of(task: Task) -> tuple[str, ...]:
    """Return what `_LONG` names."""
    return (
        str(task.epochs or ""),
        str(task.without_value or ""),
        task.training_time or "",
        task.source,
        ", ".join(trap.name for trap in traps_of(task.name)),
        task.note,
    )


@lists.command("passes")
def list_passes() -> None:
    """List what a proxy can be shown of a network, with shape and unit.

    Example: harness list passes
    """
    rows = [
        (described.name, described.shape, described.unit, described.summary, described.constant)
        for described in harness.list_passes()
    ]
    print_table(("pass", "shape", "unit", "summary", "constant"), rows)


@lists.command("metrics")
def list_metrics() -> None:
    """List the metrics: which values are better, their range, and the fewest architectures.

    Example: harness list metrics
    """
    rows = [
        (
            metric.name,
            str(metric.family),
            str(metric.direction),
            _range(metric),
            str(metric.minimum_n),
            metric.origin or "built-in",
            metric.description,
        )
        for metric in harness.list_metrics()
    ]
    print_table(("metric", "family", "better", "range", "least n", "origin", "description"), rows)


def _count(size: int | None) -> str:
    if size is None:
        return "not counted"
    return str(size) if size < _MANY else f"{size:.2g}"


@lists.command("batches")
def list_batches() -> None:
    """List the batch sources: what networks are shown, what each reads, and its options.

    Example: harness list batches
    """
    rows = [
        (source.name, source.summary, source.needs, ", ".join(source.options))
        for source in harness.list_batches()
    ]
    print_table(("source", "summary", "reads", "options"), rows)


def _range(metric: Metric) -> str:
    """Return the range of a metric; unknown where another package does not state it."""
    if metric.origin and -metric.range.low == metric.range.high == float("inf"):
        return "unknown"
    return f"{metric.range.low:g} to {metric.range.high:g}"


@new.callback()
def options() -> None:
    """Write files to start from. Example: harness new proxy my_proxy."""


@new.command("proxy")
def new_proxy(
    name: Annotated[str, typer.Argument(help="Small letters, digits and underscores.")],
    folder: Annotated[Path, typer.Option(help="Where the files go.")] = Path(),
) -> None:
    """Write a zero-cost proxy that works, and its test, for you to change.

    Example: harness new proxy my_proxy
    """
    file, test = harness.new_proxy(name, folder)
    say_files([file, test])
    say(f"next: edit {file}, then harness check {file}; harness run nb201-quick --plugin {file}")


@new.command("space")
def new_space(
    name: Annotated[str, typer.Argument(help="Small letters, digits and underscores.")],
    folder: Annotated[Path, typer.Option(help="Where the files go.")] = Path(),
) -> None:
    """Write a space of small networks that works, and its test, for you to change.

    Example: harness new space my_space
    """
    file, test = harness.new_space(name, folder)
    say_files([file, test])
    say(f"next: edit {file}, then harness check {file}; docs/spaces.md leads to a leaderboard")
