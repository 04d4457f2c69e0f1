"""``harness search``: what a guide is worth to a search, in queries or in the one cell it picks."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from harness.cli import completion, settings

if TYPE_CHECKING:
    from harness.evaluation import Contest
    from harness.learning import Pool
    from harness.operations import PoolSearch
    from harness.search import Guide, Prices, Problem, SearchSummary
    from harness.truth import Places

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
Proposals = Annotated[int, typer.Option(min=1, help="Proposals of zero_cost_pt.")]
Validation = Annotated[int, typer.Option(min=1, help="Batches of the validation of zero_cost_pt.")]
Scores = Annotated[
    str | None,
    typer.Option(help="Take proxy scores from the stored runs of this suite, not published ones."),
]
Time = Annotated[
    str | None,
    typer.Option(
        help="Proxy with scores of the task that the time of a training is taken to be "
        "proportional to, or none; flops, if the task has it."
    ),
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
    repeats: Annotated[
        int | None,
        typer.Option(min=1, help="Searches for each row; 30, or 1 of those without a label."),
    ] = None,
    best: Annotated[
        float, typer.Option(min=1e-6, max=0.5, help="Share of the table that counts as the best.")
    ] = 0.001,
    time: Time = None,
    scores: Scores = None,
    seed: Annotated[int, typer.Option(help="Seed of everything drawn.")] = 0,
    proposals: Proposals = 10,
    validation: Validation = 100,
    batch: settings.BatchName = None,
    images: settings.Images = None,
    results: settings.Results = Path("results"),
    data_dir: settings.DataFolder = None,
) -> None:
    """Simulate searches on a truth table, or pick one cell without a label and look it up.

    Example: harness search nb201-analog-baseline --algorithm local --repeats 5
    """
    from harness.cli.output import print_table, progress_bar, say
    from harness.cli.picks import label_free_picks
    from harness.core.errors import UsageError
    from harness.core.files import write_at_once
    from harness.core.identity import digest
    from harness.learning import load_pool
    from harness.learning.files import REMEDY
    from harness.report.page import searches_page
    from harness.search import LABEL_FREE, WALKERS, Problem, Request, simulate, summarise
    from harness.search.files import write_searches
    from harness.search.tables import cells, facts, heads
    from harness.spaces.registry import space
    from harness.truth import Places, load

    places = Places.from_environment(data_dir)
    algorithms = _algorithms(algorithm or ["random", "evolution"])
    if set(algorithms) <= set(LABEL_FREE):
        truth = load(task, places=places)
        effort = _effort(proposals, validation, batch, images)
        requests = [
            Request(space=truth.space, dataset=truth.dataset, guide=one, seed=at, pool=effort)
            for one in settings.choose_named(guide or ["tg_nas"])
            for at in range(seed, seed + (repeats or 1))
        ]
        label_free_picks(truth, algorithms, requests, results)
        return
    repeats = repeats or 30
    if repeats < 2:
        raise UsageError("--repeats 1: intervals over searches need two of them or more")
    pool = load_pool(task, places)
    problem = Problem(space=space(pool.truth.space), truth=pool.truth)
    for name in algorithms:
        if name in WALKERS:
            problem.require_neighbours(name)
    contest = _contest(task, scores, results, places)
    guides = [_guide(one, problem, pool, contest) for one in guide or ["none"]]
    prices = _prices(time, problem, contest)
    pairs = [(one, other) for one in algorithms for other in guides]
    found: list[SearchSummary] = []
    with progress_bar("searching") as update:
        for number, (name, using) in enumerate(pairs):
            traces = []
            for repeat in range(repeats):
                update(number * repeats + repeat, len(pairs) * repeats)
                traces.append(simulate(problem, name, using, queries, seed + repeat))
            found.append(summarise(problem, (name, using.name), traces, best, prices))
    said = facts(problem, found, best, prices)
    say(said)
    for unit in found[0].progress:
        print_table(heads(found, best, unit), cells(found, unit))
    timed = prices.proxy if prices else "none"
    asked = digest([pool.truth.digest, [one.name for one in guides], seed, best, timed, scores])
    paths = write_searches(task, found, best, asked[:8], results)
    page = paths[0].with_suffix(".html")
    write_at_once(page, searches_page(task, said, found, best), REMEDY)
    for path in [*paths, page]:
        say(f"wrote {path}")


def _effort(proposals: int, batches: int, batch: str | None, images: Path | None) -> PoolSearch:
    from harness.operations import Extent, Images, Order, PoolSearch, Setup

    chosen = settings.batch_settings(batch or "photographs", 64)
    drawn = Images(source=chosen.source, size=chosen.size, place=images)
    setup = Setup(order=Order.RANDOM, extent=Extent.TURN, images=drawn)
    return PoolSearch(setup=setup, proposals=proposals, batches=batches)


def _algorithms(names: list[str]) -> list[str]:
    from harness.core.errors import UsageError, unknown_name
    from harness.search import LABEL_FREE, SEARCHERS

    for name in names:
        if name not in {**SEARCHERS, **LABEL_FREE}:
            raise unknown_name("search algorithm", name, {**SEARCHERS, **LABEL_FREE}, "--algorithm")
    if len({name in LABEL_FREE for name in names}) > 1:
        raise UsageError(
            f"of --algorithm {', '.join(names)} some query the table and some pick a cell without "
            f"it ({', '.join(LABEL_FREE)}); ask for the two kinds in two commands"
        )
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


def _prices(name: str | None, problem: Problem, contest: Contest | None) -> Prices | None:
    from harness.core.errors import unknown_name
    from harness.search import USUAL_PRICE, Prices

    contenders = {one.name: one for one in contest.contenders} if contest else {}
    if name == "none" or (name is None and USUAL_PRICE not in contenders):
        return None
    name = name or USUAL_PRICE
    if contest is None or name not in contenders:
        raise unknown_name("proxy with scores of this task", name, ["none", *contenders], "--time")
    return Prices.of(problem, name, contest.scores_of(contenders[name]))


def _guide(name: str, problem: Problem, pool: Pool, contest: Contest | None) -> Guide:
    from harness.catalog import installed
    from harness.core.errors import unknown_name
    from harness.search import Fixed, Learned, Scorer, Unguided

    if name == "none":
        return Unguided()
    catalog = installed()
    if name in catalog.predictors:
        return Learned(loaded=catalog.predictors[name], pool=pool)
    if name in catalog.plugins and catalog.plugins[name].plugin.score_cells is not None:
        scorer = Scorer.of(catalog.plugins[name])
        return Fixed(name=name, values=scorer.architectures(problem.architectures))
    contenders = {one.name: one for one in contest.contenders} if contest else {}
    if contest is None or name not in contenders:
        known = ["none", *contenders, *catalog.predictors]
        raise unknown_name("guide with scores of this task", name, known, "--guide")
    return Fixed.of(problem, contest, contenders[name])
