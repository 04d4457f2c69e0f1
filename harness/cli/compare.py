"""``harness compare``: how two plugins, or two results folders, differ; nothing is scored."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from harness.cli import settings

if TYPE_CHECKING:
    from harness.reports.comparison import ComparisonTables

__all__ = ["compare"]

Side = Annotated[
    str,
    typer.Argument(
        help="A plugin's name or file, RESULTS_FOLDER:PLUGIN, RESULTS_FOLDER for all its plugins, "
        "stored:PROXY or stored:* for published scores."
    ),
]
Tasks = Annotated[
    list[str] | None,
    typer.Option("--task", help="Compare on this task instead of the suite's. Repeatable."),
]
Metrics = Annotated[
    list[str] | None,
    typer.Option("--metric", help="Compare by this metric. Repeatable."),
]


def compare(
    a: Side,
    b: Side,
    suite: Annotated[str, typer.Option(help="Suite whose tasks and cells are used.")] = (
        "nb201-quick"
    ),
    task: Tasks = None,
    metric: Metrics = None,
    sample: settings.Sample = None,
    seed: settings.Seed = None,
    batch: settings.BatchName = None,
    images: settings.Images = None,
    device: settings.Device = "cpu",
    results: settings.Results = Path("results"),
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
    from harness.cli.compare_inputs import load_side, read_side, tasks_of
    from harness.evaluation import Procedure, compare_sides
    from harness.execution.run import Options
    from harness.reports.comparison import ComparisonTables

    wanted = settings.choose_suite(suite, sample, seed, batch, None)
    procedure = Procedure(
        names=tuple(metric or ("spearman", "kendall")),
        where="--metric",
        resamples=resamples or wanted.resamples,
        level=wanted.level,
        seed=wanted.seed,
    )
    sides = (read_side(a, results), read_side(b, results))
    wanted = wanted.model_copy(update={"tasks": tasks_of(sides, task or [], wanted)})
    options = Options(results=results, device=device, images=images)
    first, second = (load_side(one, wanted, options) for one in sides)
    compared = ComparisonTables(
        title=f"A: {a}, B: {b}",
        comparisons=compare_sides(first, second, procedure, most),
        level=procedure.level,
        resamples=procedure.resamples,
    )
    if as_json:
        import json

        typer.echo(json.dumps(compared.json, indent=1, allow_nan=False))
    else:
        _print(compared)


def _print(compared: ComparisonTables) -> None:
    if not sys.stdout.isatty():
        sys.stdout.write(compared.markdown)
        return
    from rich.console import Console
    from rich.text import Text

    from harness.reports.writers import print_notes, rich_table

    console = Console(highlight=False)
    console.print(Text(compared.title, style="bold"))
    for table in compared.tables:
        console.print(rich_table(table))
        print_notes(console, table.notes, margin="")
