"""Commands that choose: ``rank`` architectures, ``combine`` proxies."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

import harness
from harness.cli.options import (
    BatchName,
    DataFolder,
    Device,
    Images,
    Results,
    Workers,
    predictor_names,
    proxy_names,
    suite_names,
    task_names,
)
from harness.cli.output import say, say_files, shown_progress
from harness.core.output import data_output

if TYPE_CHECKING:
    from harness.reports.candidates import RankTable

__all__ = ["combine", "rank"]


def rank(
    space: Annotated[str, typer.Argument(help="Name of a space, or the path of its file.")],
    proxies: Annotated[
        list[str] | None,
        typer.Option(
            "--proxy",
            help="Rank by this proxy: a name, a .py file, or a .json file of settings; several "
            "by their mean rank. Where none is named, --labels reads thirteen more. Repeatable. "
            "[default: params, jacov, nwot, synflow, meco_opt]",
            autocompletion=proxy_names,
        ),
    ] = None,
    predictors: Annotated[
        list[str] | None,
        typer.Option(
            "--predictor",
            help="With --labels: compare this predictor too, instead of four quick ones, "
            "ensemble-zc among them. Repeatable.",
            autocompletion=predictor_names,
        ),
    ] = None,
    candidates: Annotated[
        int | None,
        typer.Option(
            min=2, help="Architectures to draw, uniformly; 100, or all of a smaller space."
        ),
    ] = None,
    enumerate: Annotated[
        bool, typer.Option("--enumerate", help="Take every architecture of the space.")
    ] = False,
    evolve: Annotated[
        bool,
        typer.Option("--evolve", help="Draw by evolution for a high score of the one --proxy."),
    ] = False,
    exact: Annotated[
        bool,
        typer.Option(
            "--exact",
            help="Take the best of the one --proxy within one --max, by dynamic programming; for "
            "spaces of named choices over which both add up.",
        ),
    ] = False,
    maximum: Annotated[
        list[str] | None,
        typer.Option(
            "--max",
            metavar="NAME=NUMBER",
            help="Reject what has more: params, macs, flops, layers, depth, a column of --table or "
            "one of the space, or a task of it, such as a latency. Repeatable.",
        ),
    ] = None,
    minimum: Annotated[
        list[str] | None,
        typer.Option("--min", metavar="NAME=NUMBER", help="Reject what has less. Repeatable."),
    ] = None,
    table: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="CSV whose architectures are the candidates, with columns of figures to limit, "
            "e.g. a latency, or none.",
        ),
    ] = None,
    labels: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="CSV of trained architectures with a column accuracy, or a .toml file of a table "
            "of one's own: the best method on held-out labels ranks.",
        ),
    ] = None,
    direction: Annotated[
        str | None, typer.Option(help="Which labels of a CSV are better: higher, lower; higher.")
    ] = None,
    repeats: Annotated[
        int | None, typer.Option(min=1, help="With --labels: divisions into folds; 5.")
    ] = None,
    top: Annotated[
        int | None, typer.Option(min=1, help="Architectures to train; 10, or all of fewer.")
    ] = None,
    dataset: Annotated[
        str | None, typer.Option(help="Build networks for this data set, not the space's own.")
    ] = None,
    batch: BatchName = None,
    images: Images = None,
    seed: Annotated[int, typer.Option(help="Seed of candidates, weights, batch and folds.")] = 0,
    device: Device = "cpu",
    workers: Workers = None,
    timeout: Annotated[
        float | None, typer.Option(min=0.1, help="Seconds that one architecture may take; 300.")
    ] = None,
    retry: Annotated[
        bool, typer.Option(help="Ask again where a proxy timed out, crashed or ran out of memory.")
    ] = False,
    results: Results = Path("results"),
    out: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Also write the architectures to train, one a line."),
    ] = None,
) -> None:
    """Rank architectures of a space that have no accuracy, and say which to train.

    Limits reject candidates before they are scored. With --labels of a few trained ones, proxies
    and predictors are compared on held-out labels and the best ranks.
    Example: harness rank nas-bench-201 --proxy synflow --max params=5e5 --top 3
    """
    given = locals()
    with shown_progress() as progress:
        done = harness.rank(**given, progress=progress)
    say(f"{done.computed} scores computed, {done.reused} reused from {results}")
    _print_ranking(done.ranking)
    say_files(done.files)


def _print_ranking(ranking: RankTable) -> None:
    from harness.reports.writers import print_table

    if ranking.methods is not None:
        print_table(ranking.methods)
        data_output().write("\n")
    print_table(ranking.table)
    for note in (*ranking.notes, *ranking.method_notes):
        say(note)


def combine(
    suites: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="SUITE",
            help="Names of suites, or .toml files, that were run.",
            autocompletion=suite_names,
        ),
    ] = None,
    published: Annotated[
        list[str] | None,
        typer.Option(
            help="Task whose published scores are read instead of a suite's. Repeatable.",
            autocompletion=task_names,
        ),
    ] = None,
    plugins: Annotated[
        list[str] | None,
        typer.Option(
            "--plugin",
            help="Combine these zero-cost proxies alone. Repeatable. [default: all but chance and "
            "those that combine others]",
            autocompletion=proxy_names,
        ),
    ] = None,
    resamples: Annotated[
        int, typer.Option(min=100, help="Resamples of spaces behind an interval.")
    ] = 10_000,
    seed: Annotated[int, typer.Option(help="Seed of these.")] = 0,
    results: Results = Path("results"),
    data_dir: DataFolder = None,
) -> None:
    """Judge rules that combine proxies, each on spaces whose labels it has not seen.

    Nothing is scored: stored scores of the first task of each suite are read, and at least three
    spaces are needed. Example: harness combine --published nb201-ninapro-suite-zero
    --published nb301-ninapro-suite-zero --published tnb101-micro-ninapro-suite-zero
    """
    given = locals()
    with shown_progress() as progress:
        done = harness.combine(**given, progress=progress)
    from harness.reports.writers import print_table

    say(done.facts)
    for table in (done.overall, done.chosen):
        print_table(table)
    say_files(done.files)
