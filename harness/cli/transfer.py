"""``harness transfer``: what labels of one task are worth on another."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from harness.cli import completion, settings
from harness.cli.failed import refuse
from harness.cli.predict import Beside

if TYPE_CHECKING:
    from harness.learning.transfer import Cell
    from harness.learning.transfer_pair import Plan

__all__ = ["transfer"]


def transfer(
    tasks: Annotated[
        list[str],
        typer.Argument(
            help="Two tasks or more; all pairs are tried.", autocompletion=completion.task_names
        ),
    ],
    plugin: Annotated[
        str, typer.Option(help="A predictor; across spaces one that reads counts, graf or zc.")
    ] = "xgboost-graf",
    source_labels: Annotated[int, typer.Option(min=8, help="Labels of the source.")] = 400,
    target_labels: Annotated[
        str, typer.Option(help="Numbers of labels of the target, with commas.")
    ] = "0,10,50",
    repeats: Annotated[int, typer.Option(min=1, help="Draws of both.")] = 10,
    beside: Beside = None,
    seed: Annotated[int, typer.Option(help="Seed of draws and predictors.")] = 0,
    results: settings.Results = Path("results"),
    data_dir: settings.DataFolder = None,
) -> None:
    """Learn on each task and rank the architectures of each other one.

    Example: harness transfer nb201-cifar10-suite-zero
    nb101-cifar10-suite-zero --plugin ridge-graf --repeats 3
    """
    from harness.catalog import LoadedPredictor, LoadedProxy
    from harness.cli.output import progress_bar, say
    from harness.learning import load_pool
    from harness.learning.label_free_baselines import unlabelled, unlabelled_cells
    from harness.learning.transfer import transfer as filled
    from harness.reports.transfer import TransferMatrix, write_transfer
    from harness.reports.writers import print_table
    from harness.truth import Places

    plan = _plan(tasks, source_labels, target_labels, repeats, seed)
    (loaded,) = settings.choose(LoadedPredictor, [plugin])
    proxies = settings.choose(LoadedProxy, beside or [], "--beside")
    places = Places.from_environment(data_dir)
    pools = [load_pool(one, places) for one in dict.fromkeys(tasks)]
    with progress_bar("transferring") as update:
        fitted = filled(pools, loaded, plan, results, update)
    known = [unlabelled(one, pool, published=True) for one in proxies for pool in pools]
    cells = (*fitted, *unlabelled_cells(known, plan))
    matrix = TransferMatrix(cells=cells, predictor=loaded.name, plan=plan)
    say(matrix.facts)
    print_table(matrix.table)
    for path in write_transfer(matrix, results):
        say(f"wrote {path}")
    refuse(_failed(fitted, loaded.name, plan))


def _failed(fitted: Sequence[Cell], predictor: str, plan: Plan) -> dict[str, str]:
    """Return the predictor where all of its fits failed, and the reason of the first."""
    from harness.metrics import Undefined

    first = fitted[0].mean.value
    if any(one.failed < plan.repeats for one in fitted) or not isinstance(first, Undefined):
        return {}
    return {f"{predictor} failed on all {len(fitted) * plan.repeats} fits": first.reason}


def _plan(
    tasks: Sequence[str], source_labels: int, target_labels: str, repeats: int, seed: int
) -> Plan:
    from harness.core.errors import UsageError
    from harness.learning.transfer_pair import Plan

    if len(set(tasks)) < 2:
        raise UsageError("a transfer needs two different tasks or more")
    if not all(part.strip().isdigit() for part in target_labels.split(",")):
        raise UsageError(f"--target-labels {target_labels}: give numbers with commas between them")
    return Plan(
        source_labels=source_labels,
        target_labels=tuple(sorted({int(part) for part in target_labels.split(",")})),
        repeats=repeats,
        seed=seed,
    )
