"""``harness list``: plugins, suites and tasks."""

from __future__ import annotations

import typer

__all__ = ["app"]

app = typer.Typer(
    help="List plugins, suites or tasks. Example: harness list plugins", no_args_is_help=True
)


@app.command()
def plugins() -> None:
    """List every plugin by its kind, and every broken one.

    Example: harness list plugins
    """
    from harness.catalog import LoadedPredictor, LoadedProxy, LoadedScorer, LoadedSearch, installed
    from harness.cli.output import print_table, warn

    catalog = installed()
    rows = [
        (one.name, one.kind, one.plugin.version, one.better, one.summary)
        for kind in (LoadedProxy, LoadedPredictor, LoadedSearch, LoadedScorer)
        for one in catalog.of_kind(kind).values()
    ]
    print_table(("plugin", "kind", "version", "better", "summary"), rows)
    for broken in catalog.broken:
        warn(f"{broken.origin} cannot be used: {broken.reason}")


@app.command()
def suites() -> None:
    """List the suites that come with the harness.

    Example: harness list suites
    """
    from harness.cli.output import print_table
    from harness.suite import load_suite
    from harness.suite import suites as known_suites

    rows = []
    for name in known_suites():
        suite = load_suite(name)
        rows.append((name, suite.space, suite.population.name, suite.summary))
    print_table(("suite", "space", "population", "summary"), rows)


@app.command()
def tasks() -> None:
    """List the truth tables: what each number is.

    Example: harness list tasks
    """
    from harness.cli.output import print_table
    from harness.truth import tasks as known_tasks

    rows = [
        (one.name, one.space, one.dataset, str(one.split), one.metric, one.unit, str(one.n))
        for one in known_tasks()
    ]
    print_table(("task", "space", "dataset", "split", "metric", "unit", "n"), rows)
