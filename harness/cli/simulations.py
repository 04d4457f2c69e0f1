"""What ``harness search`` does on a truth table: count what searches need to find the best."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from harness.cli import settings

if TYPE_CHECKING:
    from harness.architecture_search import Guide, Prices, Problem, SearchSummary
    from harness.cli.search_options import Asked
    from harness.evaluation import TaskScores
    from harness.learning import Pool

__all__ = ["simulations"]

_QUERIES = 300
_REPEATS = 30
_BEST = 0.001


def simulations(asked: Asked) -> None:
    """Search, print a row for each algorithm and guide, and write files and a page.

    Raises:
        UsageError: A guide or a proxy has no scores of the task, or the table cannot be walked.
        DataError: The table cannot be read.
        InfrastructureError: The results folder cannot be written.
    """
    from harness.architecture_search import Problem, require_walkable
    from harness.cli.output import say
    from harness.core.identity import digest
    from harness.learning import load_pool
    from harness.reports.searches import SearchTable, write_searches
    from harness.reports.writers import print_table
    from harness.spaces.registry import space

    asked.refuse("a search of the table", "proposals", "validation", "batch", "images")
    best = asked.best or _BEST
    pool = load_pool(asked.task, asked.places)
    problem = Problem(space=space(pool.truth.space), truth=pool.truth)
    require_walkable(problem, asked.algorithms)
    contest = _contest(asked)
    guides = [_guide(one, problem, pool, contest) for one in asked.guide or ["none"]]
    prices = _prices(asked.time, problem, contest)
    found = _searched(asked, problem, guides, prices)
    searches = SearchTable(problem=problem, summaries=found, share=best, prices=prices)
    say(searches.facts)
    for table in searches.tables.values():
        print_table(table)
    timed = prices.proxy if prices else "none"
    names = [one.name for one in guides]
    depends = digest([pool.truth.digest, names, asked.seed, best, timed, asked.scores])
    for path in write_searches(searches, depends[:8], asked.results):
        say(f"wrote {path}")


def _searched(
    asked: Asked, problem: Problem, guides: Sequence[Guide], prices: Prices | None
) -> list[SearchSummary]:
    from harness.architecture_search import simulate, summarise
    from harness.cli.output import progress_bar
    from harness.core.errors import UsageError

    repeats, queries = asked.repeats or _REPEATS, asked.queries or _QUERIES
    if repeats < 2:
        raise UsageError("--repeats 1: intervals over searches need two of them or more")
    best = asked.best or _BEST
    pairs = [(one, other) for one in asked.algorithms for other in guides]
    found: list[SearchSummary] = []
    with progress_bar("searching") as update:
        for number, (name, using) in enumerate(pairs):
            traces = []
            for repeat in range(repeats):
                update(number * repeats + repeat, len(pairs) * repeats)
                traces.append(simulate(problem, name, using, queries, asked.seed + repeat))
            found.append(summarise(problem, (name, using.name), traces, best, prices))
    return found


def _contest(asked: Asked) -> TaskScores | None:
    from harness.evaluation import join_stored, load_published
    from harness.execution.run import Options, open_run
    from harness.truth import tasks_with_scores

    task, results = asked.task, asked.results
    if asked.scores is None:
        return load_published(task, asked.places) if task in tasks_with_scores() else None
    wanted = settings.choose_suite(asked.scores, None, None, None, None)
    plugins = settings.choose_plugins(wanted, [], only=False)
    wanted = wanted.model_copy(update={"tasks": (task,)})
    return join_stored(open_run(wanted, plugins, Options(results=results)))[0]


def _prices(name: str | None, problem: Problem, contest: TaskScores | None) -> Prices | None:
    from harness.architecture_search import USUAL_PRICE, Prices
    from harness.core.errors import unknown_name

    contenders = contest.by_name if contest else {}
    if name == "none" or (name is None and USUAL_PRICE not in contenders):
        return None
    name = name or USUAL_PRICE
    if contest is None or name not in contenders:
        raise unknown_name("proxy with scores of this task", name, ["none", *contenders], "--time")
    return Prices.of(problem, name, contest.scores_by_text(contenders[name]))


def _guide(name: str, problem: Problem, pool: Pool, contest: TaskScores | None) -> Guide:
    from harness.architecture_search import Fixed, Learned, Scorer, Unguided
    from harness.catalog import LoadedPredictor, LoadedProxy, installed
    from harness.core.errors import unknown_name

    if name == "none":
        return Unguided()
    catalog = installed()
    match catalog.loaded.get(name):
        case LoadedPredictor() as predictor:
            return Learned(loaded=predictor, pool=pool)
        case LoadedProxy() as proxy if proxy.plugin.score_cells is not None:
            return Fixed(name=name, values=Scorer.of(proxy).architectures(problem.architectures))
    contenders = contest.by_name if contest else {}
    if contest is None or name not in contenders:
        known = ["none", *contenders, *catalog.of_kind(LoadedPredictor)]
        raise unknown_name("guide with scores of this task", name, known, "--guide")
    return Fixed.of(problem, contest, contenders[name])
