"""``harness transfer``: what labels of one task are worth on another."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from harness.cli import completion, settings

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
    seed: Annotated[int, typer.Option(help="Seed of draws and predictors.")] = 0,
    results: settings.Results = Path("results"),
    data_dir: settings.DataFolder = None,
) -> None:
    """Learn on each task and rank the architectures of each other one.

    Example: harness transfer nb201-cifar10-validation-connected nb101-cifar10-suite-zero
    """
    from harness.cli.output import print_table, progress_bar, say
    from harness.cli.predict import chosen_predictors
    from harness.core.errors import UsageError
    from harness.core.files import csv_text, write_at_once
    from harness.learning import load_pool
    from harness.learning.files import REMEDY
    from harness.learning.heat_map import (
        heat_map,
        matrix_heads,
        matrix_markdown,
        matrix_rows,
        matrix_table,
    )
    from harness.learning.transfer import transfer as filled
    from harness.learning.transfer_pair import Plan
    from harness.truth import Places

    if len(set(tasks)) < 2:
        raise UsageError("a transfer needs two different tasks or more")
    if not all(part.strip().isdigit() for part in target_labels.split(",")):
        raise UsageError(f"--target-labels {target_labels}: give numbers with commas between them")
    plan = Plan(
        source_labels=source_labels,
        target_labels=tuple(sorted({int(part) for part in target_labels.split(",")})),
        repeats=repeats,
        seed=seed,
    )
    (loaded,) = chosen_predictors([plugin])
    places = Places.from_environment(data_dir)
    pools = [load_pool(one, places) for one in dict.fromkeys(tasks)]
    with progress_bar("transferring") as update:
        cells = filled(pools, loaded, plan, results, update)
    facts = (
        f"{plan.metric} of {loaded.name}, learnt from {source_labels} labels of the source and "
        f"the target's, seed {seed}; brackets hold 95% t intervals over {repeats} draws"
    )
    say(facts)
    print_table(matrix_heads(cells), matrix_table(cells))
    flat = matrix_rows(cells, loaded.name, plan.metric)
    contents = {
        "md": matrix_markdown(cells, facts),
        "csv": csv_text(flat),
        "json": json.dumps(flat, indent=1, allow_nan=False) + "\n",
        "svg": heat_map(cells, plan.metric),
    }
    for form, content in contents.items():
        path = results / "transfer" / f"{loaded.name}-seed{seed}.{form}"
        write_at_once(path, content, REMEDY)
        say(f"wrote {path}")
