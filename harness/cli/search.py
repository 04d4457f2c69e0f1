"""``harness search``: how many queries a search needs with one guide or another."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from harness.cli import completion, settings

if TYPE_CHECKING:
    from harness.evaluation import Contest
    from harness.learning import Pool
    from harness.search import Guide, Problem, SearchSummary
    from harness.truth import Places

__all__ = ["search"]

Algorithms = Annotated[
    list[str] | None,
    typer.Option("--algorithm", help="random, ranking, evolution, local or bananas. Repeatable."),
]
Guides = Annotated[
    list[str] | None,
    typer.Option("--guide", help="none, a proxy with scores, or a predictor. Repeatable."),
]
Scores = Annotated[
    str | None,
    typer.Option(help="Take proxy scores from the stored runs of this suite, not published ones."),
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
    queries: Annotated[int, typer.Option(min=10, help="Queries of one search.")] = 300,
    repeats: Annotated[int, typer.Option(min=2, help="Searches for each row.")] = 30,
    best: Annotated[
        float, typer.Option(min=1e-6, max=0.5, help="Share of the table that counts as the best.")
    ] = 0.001,
    scores: Scores = None,
    seed: Annotated[int, typer.Option(help="Seed of everything drawn.")] = 0,
    results: settings.Results = Path("results"),
    data_dir: settings.DataFolder = None,
) -> None:
    """Simulate searches on a truth table, with and without a guide.

    Example: harness search nb201-analog-baseline --guide none --guide random_forest-onehot
    """
    from harness.cli.output import print_table, progress_bar, say
    from harness.learning import load_pool
    from harness.search import Problem, simulate, summarise
    from harness.search.files import write_searches
    from harness.search.tables import cells, heads
    from harness.spaces.registry import space
    from harness.truth import Places

    places = Places.from_environment(data_dir)
    pool = load_pool(task, places)
    problem = Problem(space=space(pool.truth.space), truth=pool.truth)
    algorithms = _algorithms(algorithm or ["random", "evolution"])
    contest = _contest(task, scores, results, places)
    guides = [_guide(one, problem, pool, contest) for one in guide or ["none"]]
    pairs = [(one, other) for one in algorithms for other in guides]
    found: list[SearchSummary] = []
    with progress_bar("searching") as update:
        for number, (name, using) in enumerate(pairs):
            traces = []
            for repeat in range(repeats):
                update(number * repeats + repeat, len(pairs) * repeats)
                traces.append(simulate(problem, name, using, queries, seed + repeat))
            found.append(summarise(problem, (name, using.name), traces, best, 0.95))
    say(
        f"{task}: {problem.n} architectures, best {problem.values.max():.4g}; the best {best:.3g} "
        f"of them begin at {problem.threshold(best):.4g}; {repeats} searches a row; brackets hold "
        "95 % intervals over the searches"
    )
    print_table(heads(found, best), [cells(one) for one in found])
    for path in write_searches(task, found, best, results):
        say(f"wrote {path}")


def _algorithms(names: list[str]) -> list[str]:
    from harness.core.errors import unknown_name
    from harness.search import SEARCHERS

    for name in names:
        if name not in SEARCHERS:
            raise unknown_name("search algorithm", name, SEARCHERS, "--algorithm")
    return list(dict.fromkeys(names))


def _contest(task: str, suite: str | None, results: Path, places: Places) -> Contest | None:
    from harness.evaluation import contests, stored_contest
    from harness.run.execute import Options, prepare
    from harness.truth import tasks_with_scores

    if suite is None:
        return stored_contest(task, places) if task in tasks_with_scores() else None
    wanted = settings.choose_suite(suite, None, None, None, None)
    plugins = settings.choose_plugins(wanted, [], only=False)
    wanted = wanted.model_copy(update={"tasks": (task,)})
    return contests(prepare(wanted, plugins, Options(results=results)))[0]


def _guide(name: str, problem: Problem, pool: Pool, contest: Contest | None) -> Guide:
    from harness.catalog import installed
    from harness.core.errors import unknown_name
    from harness.search import Fixed, Learned, Unguided

    if name == "none":
        return Unguided()
    catalog = installed()
    if name in catalog.predictors:
        return Learned(loaded=catalog.predictors[name], pool=pool)
    contenders = {one.name: one for one in contest.contenders} if contest else {}
    if contest is None or name not in contenders:
        known = ["none", *contenders, *catalog.predictors]
        raise unknown_name("guide with scores of this task", name, known, "--guide")
    return Fixed.of(problem, contest, contenders[name])
