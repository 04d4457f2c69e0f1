"""How well scorers tell which operations of a supernet matter."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

from harness.api.arguments import checked
from harness.api.choice import (
    Plugins,
    batch_settings,
    choose,
    path_of,
    plugin_items,
    require_number,
)
from harness.api.results import OperationsResult, Progress
from harness.api.running import steps
from harness.catalog import LoadedProxy, LoadedScorer
from harness.core.counts import counted
from harness.core.errors import unknown_name
from harness.execution.task_truth import load_architectures
from harness.fidelity import Verdict, judge
from harness.operation_scorer import OperationReference
from harness.operation_scoring import (
    Experiment,
    Extent,
    Norms,
    OperationTruth,
    Order,
    Scored,
    ScorerSummary,
    Setup,
    run,
    summarise,
)
from harness.records.operation_seed import FailedSeed
from harness.reports.operations import OperationTable, write_operations
from harness.spaces.datasets import dataset
from harness.spaces.supernets import Removal, supernet_of
from harness.truth import Places

__all__ = ["operations"]

E = TypeVar("E", bound=StrEnum)


@checked
def operations(
    task: str | Path,
    *,
    scorers: Plugins | None = None,
    measures: Plugins | None = None,
    removal: str = "masked",
    norms: str = "fresh",
    order: str = "fixed",
    extent: str = "next",
    seeds: int = 4,
    batch: str | None = None,
    images: Path | str | None = None,
    results: Path | str = "results",
    data_dir: Path | str | None = None,
    progress: Progress | None = None,
) -> OperationsResult:
    """Score the operations of a supernet and hold them against a truth table.

    Seeds that are stored are not scored again.

    Example:
        ``harness.operations("nb201-cifar10-test", scorers="random_operations", seeds=2)``

    Args:
        task: Name of a task of a space with a supernet, or path of a table of one's own.
        scorers: Names, ``.py`` files or `harness.operation_scorer.OperationScorer` objects, or
            ``"*"`` for all; zero_cost_pt when absent.
        measures: Zero-cost proxies that measure a supernet, as for `harness.run`; nwot when absent.
        removal: ``"masked"``, as released, or ``"deleted"``.
        norms: ``"fresh"``, as released, or ``"batch"``.
        order: Order of decisions: ``"fixed"``, ``"random"``, ``"reverse"``, ``"global-op-iter"``,
            ``"global-op-once"``, ``"global-edge-iter"`` or ``"global-edge-once"``.
        extent: Which operations are scored: ``"first"``, at the first decision alone; ``"next"``,
            all of them first, then those whose turn it is; ``"all"``, those that are open, at every
            decision; ``"turn"``, those whose turn it is.
        seeds: Number of seeds of weights, batches and orders, from 0.
        batch: Batch source and size; ``"photographs:64"`` when absent.
        images: What the batch source reads: a file or folder.
        results: Folder for seeds and tables.
        data_dir: Folder of ground truth, laid out as ``OWNER+NAME/PATH``.
        progress: Called with a `harness.api.results.Step` before every seed.

    Returns:
        One summary a scorer and proxy.

    Raises:
        UsageError: There is no such task, scorer or order, or the space has no supernet.
        DataError: The table or a stored seed cannot be read.
        InfrastructureError: The results folder cannot be written.
    """
    require_number("seeds", seeds, 1)
    setup = Setup(
        removal=_member(Removal, removal, "removal"),
        norms=_member(Norms, norms, "kind of norms"),
        order=_member(Order, order, "order"),
        extent=_member(Extent, extent, "extent"),
        images=batch_settings(batch or "photographs", 64).request(path_of(images)),
    )
    chosen = choose(LoadedScorer, plugin_items(scorers) or ["zero_cost_pt"], "--scorer")
    proxies = choose(LoadedProxy, plugin_items(measures) or ["nwot"], "--measure")
    name = str(task)
    table = load_architectures(name, Places.from_environment(path_of(data_dir)))
    truth = OperationTruth(supernet=supernet_of(table.space), table=table)
    experiments = [
        Experiment(
            supernet=truth.supernet,
            dataset=dataset(table.dataset, f"task {name}"),
            scorer=scorer,
            measure=proxy,
            setup=setup,
        )
        for scorer in chosen
        for proxy in (proxies if scorer.plugin.measures else proxies[:1])
    ]
    scored = run(experiments, range(seeds), Path(results), steps(progress, "scoring"))
    summaries = [summarise(experiment, truth) for experiment in scored]
    facts = (
        f"{name}: {table.n} architectures (truth {table.digest[:16]}), supernet "
        f"{truth.supernet.name}; {counted(seeds, 'seed')}; "
        "brackets hold 95% intervals of the mean over seeds"
    )
    operation_table = OperationTable(task=name, facts=facts, setup=setup, summaries=summaries)
    return OperationsResult(
        scored=operation_table,
        references=tuple(_references(name, experiments, summaries)),
        failed=_failed(scored),
        files=tuple(write_operations(operation_table, Path(results))),
    )


def _failed(scored: Sequence[Scored]) -> dict[str, str]:
    """Return the scorers all of whose seeds failed, and the reason of the first."""
    reasons = {}
    for seeds in scored:
        results = [record.result for record in seeds.records]
        failed = [result.reason for result in results if isinstance(result, FailedSeed)]
        if len(failed) == len(results):
            scorer, measure = seeds.experiment.scorer, seeds.experiment.measure
            by = f" by {measure.name}" if scorer.plugin.measures else ""
            reasons[f"{scorer.name}{by} failed on all {len(failed)} seeds"] = failed[0]
    return reasons


def _references(
    task: str, experiments: Sequence[Experiment], summaries: Sequence[ScorerSummary]
) -> list[tuple[ScorerSummary, OperationReference, str]]:
    """Hold scorers against what was published with the same proxy on the same task."""
    references = []
    for experiment, summary in zip(experiments, summaries, strict=True):
        for reference in experiment.scorer.plugin.references:
            if (reference.task, reference.measure) == (task, experiment.measure.name):
                ours = summary.measured(reference.metric)
                verdict = judge(reference, ours) if ours else Verdict.UNCHECKED
                references.append((summary, reference, str(verdict)))
    return references


def _member(kind: type[E], text: str, what: str) -> E:
    known = {str(member): member for member in kind}
    if text not in known:
        raise unknown_name(what, text, known)
    return known[text]
