"""Commands about other methods than proxies: ``search``, ``tune`` and ``operations``."""

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
    Results,
    TaskName,
    task_names,
    whole_numbers,
)
from harness.cli.output import refuse, say, say_files, shown_progress, warn

if TYPE_CHECKING:
    from harness.api.results import PicksResult, SimulationResult

__all__ = ["operations", "search", "tune"]


def search(
    task: TaskName,
    algorithms: Annotated[
        list[str] | None,
        typer.Option(
            "--algorithm",
            help="random, ranking, evolution, local or bananas; or, without a label and with a "
            "guide that scores cells by their graphs, pruning or differential_evolution, or with "
            "any proxy, zero_cost_pt. Repeatable.",
        ),
    ] = None,
    guides: Annotated[
        list[str] | None,
        typer.Option(
            "--guide",
            help="none, a proxy with scores, a predictor, a column of the space or another task "
            "of it. Repeatable.",
        ),
    ] = None,
    fitness: Annotated[
        list[str] | None,
        typer.Option(
            help="Search for the highest score of this proxy instead of the table's value, "
            "computed as the search goes, without a label: a name, a .py file, or a .json file of "
            "found settings. Repeatable."
        ),
    ] = None,
    queries: Annotated[
        int | None, typer.Option(min=10, help="Queries of one search, or networks it scores; 300.")
    ] = None,
    repeats: Annotated[
        int | None,
        typer.Option(min=1, help="Searches for each row; 30, or 1 of those without a label."),
    ] = None,
    best: Annotated[
        float | None,
        typer.Option(
            min=1e-6,
            max=0.5,
            help="Share of the table that counts as the best; 0.001. With --against share of the "
            "front's hypervolume that may be lacking; 0.01.",
        ),
    ] = None,
    labels: Annotated[
        str | None,
        typer.Option(
            help="Fit a predictor that guides once, on so many first queries, not anew after every "
            "ten. Numbers with commas make a row each."
        ),
    ] = None,
    against: Annotated[
        list[str] | None,
        typer.Option(
            help="Search for the Pareto front against this too: another task of the space, a "
            "column of it, or a proxy with scores, of which lower is better. Repeatable.",
            autocompletion=task_names,
        ),
    ] = None,
    maximum: Annotated[
        list[str] | None,
        typer.Option(
            "--max",
            metavar="NAME=NUMBER",
            help="Leave out architectures above this, of what --against may name. Repeatable.",
        ),
    ] = None,
    minimum: Annotated[
        list[str] | None,
        typer.Option("--min", metavar="NAME=NUMBER", help="The same below. Repeatable."),
    ] = None,
    time: Annotated[
        str | None,
        typer.Option(
            help="Task with the measured seconds of trainings, a figure that these are taken to be "
            "proportional to, or none. When absent the task's measured times, or else its FLOPs."
        ),
    ] = None,
    scores: Annotated[
        str | None,
        typer.Option(
            help="Take proxy scores from the stored runs of this suite, by its batch or --batch, "
            "not published ones."
        ),
    ] = None,
    proposals: Annotated[
        int | None, typer.Option(min=1, help="Proposals of zero_cost_pt; 10.")
    ] = None,
    validation: Annotated[
        int | None, typer.Option(min=1, help="Batches of the validation of zero_cost_pt; 100.")
    ] = None,
    batch: BatchName = None,
    images: Images = None,
    seed: Annotated[int, typer.Option(help="Seed of everything drawn.")] = 0,
    results: Results = Path("results"),
    data_dir: DataFolder = None,
) -> None:
    """Simulate searches on a truth table, or pick one cell without a label and look it up.

    Example: harness search nb201-analog-baseline --algorithm local --repeats 5
    """
    given = locals() | {"labels": None if labels is None else whole_numbers(labels, "--labels")}
    from harness.api.results import SimulationResult

    with shown_progress() as progress:
        done = harness.search(**given, progress=progress)
    if isinstance(done, SimulationResult):
        _print_simulations(done)
    else:
        _print_picks(done)
    say_files(done.files)


def tune(
    task: TaskName,
    plugins: Annotated[
        list[str] | None,
        typer.Option("--plugin", help="A searched proxy's name, or a .py file. Repeatable."),
    ] = None,
    settings: Annotated[
        list[Path] | None,
        typer.Option(help="Evaluate these settings, found before. Repeatable."),
    ] = None,
    beside: Annotated[
        list[str] | None,
        typer.Option(help="Evaluate this proxy too, instead of the usual ones. Repeatable."),
    ] = None,
    labels: Annotated[int, typer.Option(min=3, help="Labels that a search sees.")] = 20,
    evaluations: Annotated[
        int, typer.Option(min=0, help="Settings that it may try; 0 searches nothing.")
    ] = 200,
    evaluate_on: Annotated[
        int, typer.Option(min=10, help="Architectures to evaluate on, never labelled.")
    ] = 500,
    dataset: Annotated[
        str | None, typer.Option(help="Build networks for this data set, not the task's.")
    ] = None,
    identical: Identical = "computation",
    batch: Annotated[
        str, typer.Option(help="Batch source, see list batches; noise:128 for size.")
    ] = "photographs",
    images: Images = None,
    seed: Annotated[int, typer.Option(help="Seed of everything drawn.")] = 0,
    device: Device = "cpu",
    workers: Annotated[int, typer.Option(min=0, help="Worker processes; 0 for this one.")] = 0,
    results: Results = Path("results"),
) -> None:
    """Search settings by a few labels, store them, and rank the proxy on other architectures.

    The same command goes on where it was stopped. With --settings alone, or no evaluations,
    nothing is searched, and proxies are ranked on architectures that searches leave alone.
    Example: harness tune nb201-analog-baseline --labels 4 --evaluations 1 --evaluate-on 10
    --beside params
    """
    given = locals()
    with shown_progress() as progress:
        done = harness.tune(**given, progress=progress)
    from harness.reports.leaderboard import print_leaderboard

    say_files(done.settings_files)
    say(f"{task}: {labels} labels, none of which is evaluated on")
    print_leaderboard(done.leaderboard)
    say_files(done.files)
    refuse(done.failed)


def operations(
    task: TaskName,
    scorers: Annotated[
        list[str] | None,
        typer.Option("--scorer", help="A scorer's name, or a .py file. Repeatable; * for all."),
    ] = None,
    measures: Annotated[
        list[str] | None,
        typer.Option("--measure", help="The zero-cost proxy that measures a supernet. Repeatable."),
    ] = None,
    removal: Annotated[str, typer.Option(help="masked, as released, or deleted.")] = "masked",
    norms: Annotated[str, typer.Option(help="fresh, as released, or batch.")] = "fresh",
    order: Annotated[
        str,
        typer.Option(
            help="fixed, random, reverse, global-op-iter, global-op-once, global-edge-iter or "
            "global-edge-once."
        ),
    ] = "fixed",
    extent: Annotated[
        str,
        typer.Option(
            help="first: the first decision alone; next: all operations first, then those whose "
            "turn it is; all: all that are open at every decision; turn: only those whose turn it "
            "is."
        ),
    ] = "next",
    seeds: Annotated[int, typer.Option(min=1, help="Seeds, from 0.")] = 4,
    batch: BatchName = None,
    images: Images = None,
    results: Results = Path("results"),
    data_dir: DataFolder = None,
) -> None:
    """Score the operations of a supernet and hold them against a truth table.

    Seeds that are stored are not scored again. Example: harness operations nb201-cifar10-test
    --scorer random_operations
    """
    given = locals()
    with shown_progress() as progress:
        done = harness.operations(**given, progress=progress)
    from harness.reports.operations import reference_table
    from harness.reports.writers import print_table

    say(done.scored.facts)
    for table in done.scored.tables:
        print_table(table)
    if done.references:
        print_table(reference_table(done.references))
    say_files(done.files)
    refuse(done.failed)


def _print_simulations(done: SimulationResult) -> None:
    from harness.reports.writers import print_table

    say(done.searches.facts)
    if (predicted := done.searches.predicted_fronts) is not None:
        print_table(predicted)
    for table in done.searches.tables.values():
        print_table(table)


def _print_picks(done: PicksResult) -> None:
    from harness.reports.writers import print_table

    for effort in done.efforts:
        say(
            f"{effort.proxy}: {effort.asked} scores asked for, {effort.computed} of them "
            "computed now"
        )
        if effort.failures:
            text, reason = next(iter(effort.failures.items()))
            number = len(effort.failures)
            warn(f"{effort.proxy} has no score of {number} networks, e.g. {text}: {reason}")
    picked = done.picked
    say(f"{picked.task}: no value was asked for; values and ranks were looked up afterwards")
    print_table(picked.table)
    for line in picked.means:
        say(line)
    picks = [pick for pick, _ in picked.picks]
    if len({pick.guide for pick in picks}) == 1 and len({pick.searcher for pick in picks}) > 1:
        best = max(picks, key=lambda pick: pick.score)
        say(f"highest score: {best.searcher}, {best.architecture.text}")
    for pick, higher in zip(picks, done.higher, strict=True):
        if higher is not None:
            say(
                f"{pick.searcher}, seed {pick.seed}: {higher} of the {done.n} architectures of the "
                "table have a higher score"
            )
