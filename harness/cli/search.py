"""``harness search``: what a guide is worth to a search, in queries or in the one cell it picks."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from harness.cli import completion, settings

__all__ = ["search"]

Algorithms = Annotated[
    list[str] | None,
    typer.Option(
        "--algorithm",
        help="random, ranking, evolution, local or bananas; or, without a label and with a guide "
        "that scores cells by their graphs, pruning or differential_evolution, or with any proxy, "
        "zero_cost_pt. Repeatable.",
    ),
]
Guides = Annotated[
    list[str] | None,
    typer.Option("--guide", help="none, a proxy with scores, or a predictor. Repeatable."),
]
Fitnesses = Annotated[
    list[str] | None,
    typer.Option(
        "--fitness",
        help="Search for the highest score of this proxy instead of the table's value, computed "
        "as the search goes, without a label: a name, a .py file, or a .json file of found "
        "settings. Repeatable.",
    ),
]
Queries = Annotated[
    int | None, typer.Option(min=10, help="Queries of one search, or networks it scores; 300.")
]
Repeats = Annotated[
    int | None,
    typer.Option(min=1, help="Searches for each row; 30, or 1 of those without a label."),
]
Best = Annotated[
    float | None,
    typer.Option(min=1e-6, max=0.5, help="Share of the table that counts as the best; 0.001."),
]
Time = Annotated[
    str | None,
    typer.Option(
        help="Proxy with scores of the task that the time of a training is taken to be "
        "proportional to, or none; flops, if the task has it."
    ),
]
Scores = Annotated[
    str | None,
    typer.Option(help="Take proxy scores from the stored runs of this suite, not published ones."),
]
Proposals = Annotated[int | None, typer.Option(min=1, help="Proposals of zero_cost_pt; 10.")]
Validation = Annotated[
    int | None, typer.Option(min=1, help="Batches of the validation of zero_cost_pt; 100.")
]


def search(
    task: Annotated[
        str,
        typer.Argument(
            help="Name of a task that covers its space.", autocompletion=completion.task_names
        ),
    ],
    algorithm: Algorithms = None,
    guide: Guides = None,
    fitness: Fitnesses = None,
    queries: Queries = None,
    repeats: Repeats = None,
    best: Best = None,
    time: Time = None,
    scores: Scores = None,
    proposals: Proposals = None,
    validation: Validation = None,
    batch: settings.BatchName = None,
    images: settings.Images = None,
    seed: Annotated[int, typer.Option(help="Seed of everything drawn.")] = 0,
    results: settings.Results = Path("results"),
    data_dir: settings.DataFolder = None,
) -> None:
    """Simulate searches on a truth table, or pick one cell without a label and look it up.

    Example: harness search nb201-analog-baseline --algorithm local --repeats 5
    """
    from harness.architecture_search import LABEL_FREE
    from harness.cli.label_free_search import fitness_picks, label_free_picks
    from harness.cli.search_options import Asked
    from harness.cli.simulations import simulations
    from harness.truth import Places

    asked = Asked(
        task=task,
        algorithms=_algorithms(algorithm or ["random", "evolution"]),
        guide=guide,
        fitness=fitness,
        queries=queries,
        repeats=repeats,
        best=best,
        time=time,
        scores=scores,
        proposals=proposals,
        validation=validation,
        batch=batch,
        images=images,
        seed=seed,
        results=results,
        places=Places.from_environment(data_dir),
    )
    if asked.algorithms[0] in LABEL_FREE:
        label_free_picks(asked)
    elif fitness:
        fitness_picks(asked)
    else:
        simulations(asked)


def _algorithms(names: list[str]) -> list[str]:
    from harness.architecture_search import LABEL_FREE, SEARCHERS
    from harness.core.errors import UsageError, unknown_name

    for name in names:
        if name not in {**SEARCHERS, **LABEL_FREE}:
            raise unknown_name("search algorithm", name, {**SEARCHERS, **LABEL_FREE}, "--algorithm")
    if len({name in LABEL_FREE for name in names}) > 1:
        raise UsageError(
            f"of --algorithm {', '.join(names)} some query the table and some pick a cell without "
            f"it ({', '.join(LABEL_FREE)}); ask for the two kinds in two commands"
        )
    return list(dict.fromkeys(names))
