"""``harness operations``: how well scorers tell which operations of a supernet matter."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from harness.cli import completion, settings
from harness.cli.failed import refuse

if TYPE_CHECKING:
    from harness.operation_scoring import Experiment, Scored, ScorerSummary, Setup

__all__ = ["operations"]

E = TypeVar("E", bound=StrEnum)

Scorers = Annotated[
    list[str] | None,
    typer.Option("--scorer", help="A scorer's name, or a .py file. Repeatable; * for all."),
]
Measures = Annotated[
    list[str] | None,
    typer.Option("--measure", help="The zero-cost proxy that measures a supernet. Repeatable."),
]
Orders = Annotated[
    str,
    typer.Option(
        help="fixed, random, reverse, global-op-iter, global-op-once, global-edge-iter or "
        "global-edge-once."
    ),
]
Extents = Annotated[
    str,
    typer.Option(
        help="first: the first decision alone; next: all operations first, then those whose turn "
        "it is; all: all that are open at every decision; turn: only those whose turn it is."
    ),
]


def operations(
    task: Annotated[
        str,
        typer.Argument(
            help="Name of a task of a space with a supernet.",
            autocompletion=completion.task_names,
        ),
    ],
    scorer: Scorers = None,
    measure: Measures = None,
    removal: Annotated[str, typer.Option(help="masked, as released, or deleted.")] = "masked",
    norms: Annotated[str, typer.Option(help="fresh, as released, or batch.")] = "fresh",
    order: Orders = "fixed",
    extent: Extents = "next",
    seeds: Annotated[int, typer.Option(min=1, help="Seeds, from 0.")] = 4,
    batch: settings.BatchName = None,
    images: settings.Images = None,
    results: settings.Results = Path("results"),
    data_dir: settings.DataFolder = None,
) -> None:
    """Score the operations of a supernet and hold them against a truth table.

    Seeds that are stored are not scored again. Example: harness operations nb201-cifar10-test
    --scorer random_operations
    """
    from harness.catalog import LoadedProxy, LoadedScorer
    from harness.cli.output import progress_bar, say
    from harness.operation_scoring import Experiment, OperationTruth, run, summarise
    from harness.reports.operations import OperationTable, write_operations
    from harness.reports.writers import print_table
    from harness.spaces.datasets import dataset
    from harness.spaces.supernets import supernet_of
    from harness.truth import Places, load

    setup = _setup((removal, norms, order, extent), batch, images)
    scorers = settings.choose(LoadedScorer, scorer or ["zero_cost_pt"], "--scorer")
    measures = settings.choose(LoadedProxy, measure or ["nwot"], "--measure")
    table = load(task, places=Places.from_environment(data_dir))
    truth = OperationTruth(supernet=supernet_of(table.space), table=table)
    experiments = [
        Experiment(
            supernet=truth.supernet,
            dataset=dataset(table.dataset, f"task {task}"),
            scorer=one,
            measure=by,
            setup=setup,
        )
        for one in scorers
        for by in (measures if one.plugin.measures else measures[:1])
    ]
    with progress_bar("scoring") as update:
        scored = run(experiments, range(seeds), results, update)
    found = [summarise(one, truth) for one in scored]
    facts = (
        f"{task}: {table.n} architectures (truth {table.digest[:16]}), supernet "
        f"{truth.supernet.name}; {seeds} seeds; brackets hold 95% intervals of the mean over seeds"
    )
    result = OperationTable(task=task, facts=facts, setup=setup, summaries=found)
    say(facts)
    for report in result.tables:
        print_table(report)
    _show_references(task, experiments, found)
    for path in write_operations(result, results):
        say(f"wrote {path}")
    refuse(_failed(scored))


def _failed(scored: Sequence[Scored]) -> dict[str, str]:
    """Return the scorers all of whose seeds failed, and the reason of the first."""
    from harness.records.operation_seed import FailedSeed

    reasons = {}
    for one in scored:
        failed = [r.result.reason for r in one.records if isinstance(r.result, FailedSeed)]
        if len(failed) == len(one.records):
            experiment = one.experiment
            by = f" by {experiment.measure.name}" if experiment.scorer.plugin.measures else ""
            reasons[f"{experiment.scorer.name}{by} failed on all {len(failed)} seeds"] = failed[0]
    return reasons


def _show_references(task: str, experiments: list[Experiment], found: list[ScorerSummary]) -> None:
    """Hold scorers against what was published with the same proxy on the same task."""
    from harness.fidelity import Verdict, judge
    from harness.reports.operations import reference_table
    from harness.reports.writers import print_table

    rows = []
    for experiment, summary in zip(experiments, found, strict=True):
        for one in experiment.scorer.plugin.references:
            if (one.task, one.measure) != (task, experiment.measure.name):
                continue
            ours = summary.measured(one.metric)
            verdict = judge(one, ours) if ours else Verdict.UNCHECKED
            rows.append((summary, one, str(verdict)))
    if rows:
        print_table(reference_table(rows))


def _setup(words: tuple[str, str, str, str], batch: str | None, images: Path | None) -> Setup:
    from harness.operation_scoring import Extent, Images, Norms, Order, Setup
    from harness.spaces.supernets import Removal

    removal, norms, order, extent = words
    chosen = settings.batch_settings(batch or "photographs", 64)
    return Setup(
        removal=_member(Removal, removal, "removal"),
        norms=_member(Norms, norms, "kind of norms"),
        order=_member(Order, order, "order"),
        extent=_member(Extent, extent, "extent"),
        images=Images(source=chosen.source, size=chosen.size, place=images),
    )


def _member(kind: type[E], text: str, what: str) -> E:
    from harness.core.errors import unknown_name

    known = {str(one): one for one in kind}
    if text not in known:
        raise unknown_name(what, text, known)
    return known[text]
