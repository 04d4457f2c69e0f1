"""What a guide is worth to a search, in queries, or in the one architecture that it picks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from harness.api.choice import (
    Plugin,
    Plugins,
    choose,
    choose_proxies,
    choose_suite,
    path_of,
    plugin_items,
    refuse_options,
    require_number,
    text_items,
)
from harness.api.picking import Searches, fitness_picks, label_free_picks
from harness.api.results import PicksResult, Progress, SimulationResult
from harness.api.running import steps
from harness.architecture_search import (
    LABEL_FREE,
    SEARCHERS,
    USUAL_PRICE,
    Fixed,
    Guide,
    Learned,
    Prices,
    Problem,
    Scorer,
    SearchSummary,
    Unguided,
    require_walkable,
    simulate,
    summarise,
)
from harness.catalog import LoadedPlugin, LoadedPredictor, LoadedProxy, installed
from harness.core.errors import UsageError, unknown_name
from harness.core.identity import digest
from harness.evaluation import MethodScores, TaskScores, join_stored, load_published
from harness.execution.run import Options, open_run
from harness.learning import Pool, load_pool
from harness.reports.searches import SearchTable, write_searches
from harness.spaces.identical import ROWS
from harness.spaces.registry import space
from harness.truth import Places, tasks_with_scores

__all__ = ["search"]

_QUERIES = 300
_REPEATS = 30
_BEST = 0.001


def search(
    task: str | Path,
    *,
    algorithms: str | Sequence[str] | None = None,
    guides: Plugins | None = None,
    fitness: Plugins | None = None,
    queries: int | None = None,
    repeats: int | None = None,
    best: float | None = None,
    time: str | None = None,
    scores: str | Path | None = None,
    proposals: int | None = None,
    validation: int | None = None,
    batch: str | None = None,
    images: Path | str | None = None,
    seed: int = 0,
    results: Path | str = "results",
    data_dir: Path | str | None = None,
    progress: Progress | None = None,
) -> SimulationResult | PicksResult:
    """Simulate searches on a truth table, or pick one architecture without a label.

    Example:
        ``harness.search("nb201-analog-baseline", algorithms="local", repeats=5)``

    Args:
        task: Name of a task that covers its space, or path of a table of one's own.
        algorithms: ``"random"``, ``"ranking"``, ``"evolution"``, ``"local"`` or ``"bananas"``; or,
            without a label and with a guide that scores cells by their graphs, ``"pruning"`` or
            ``"differential_evolution"``, or with any proxy, ``"zero_cost_pt"``. Random and
            evolution when absent.
        guides: ``"none"``, a proxy with scores of the task, or a predictor; without a label also
            proxies as for `harness.run`.
        fitness: Proxies, as for `harness.run`, to search for the highest score of, instead of the
            table's value; computed as the search goes, without a label.
        queries: Queries of one search, or networks that it scores, 10 or more; 300 when absent.
        repeats: Searches for each row; 30 when absent, or 1 of those without a label.
        best: Share of the table that counts as the best, at most 0.5; 0.001 when absent.
        time: Proxy with scores of the task that the time of a training is taken to be
            proportional to, or ``"none"``; FLOPs when absent, if the task has them.
        scores: Suite whose stored runs proxy scores are taken from, not published ones.
        proposals: Proposals of zero_cost_pt; 10 when absent.
        validation: Batches of the validation of zero_cost_pt; 100 when absent.
        batch: Batch source and size; ``"photographs:64"`` when absent.
        images: What the batch source reads: a file or folder.
        seed: Seed of everything drawn.
        results: Folder for records and tables.
        data_dir: Folder of ground truth, laid out as ``OWNER+NAME/PATH``.
        progress: Called with a `harness.api.results.Step` before every search.

    Returns:
        What searches of the table needed, or what those without a label picked.

    Raises:
        UsageError: There is no such task, algorithm or guide, or options do not fit together.
        ContractError: A proxy has no score of any network.
        DataError: The table or a stored score cannot be read.
        InfrastructureError: The results folder cannot be written.
    """
    require_number("queries", queries, 10)
    require_number("repeats", repeats, 1)
    require_number("best", best, 1e-6, 0.5)
    searches = Searches(
        task=str(task),
        algorithms=_algorithms(text_items(algorithms) or ("random", "evolution")),
        queries=_QUERIES if queries is None else queries,
        repeats=repeats,
        batch=batch,
        images=path_of(images),
        seed=seed,
        results=Path(results),
        places=Places.from_environment(path_of(data_dir)),
        progress=progress,
    )
    first = searches.algorithms[0]
    if first in LABEL_FREE:
        way = f"--algorithm {first}"
        refuse_options(way, fitness=fitness, queries=queries, best=best, time=time, scores=scores)
        if "zero_cost_pt" not in searches.algorithms:
            refuse_options(
                way, proposals=proposals, validation=validation, batch=batch, images=images
            )
        return label_free_picks(searches, plugin_items(guides), proposals, validation)
    if fitness is not None:
        refuse_options("--fitness", guide=guides, best=best, time=time, scores=scores)
        refuse_options("--fitness", proposals=proposals, validation=validation)
        return fitness_picks(searches, plugin_items(fitness))
    way = "a search of the table"
    refuse_options(way, proposals=proposals, validation=validation, batch=batch, images=images)
    return _simulations(searches, plugin_items(guides) or ("none",), best or _BEST, time, scores)


def _algorithms(names: Sequence[str]) -> tuple[str, ...]:
    known = {**SEARCHERS, **LABEL_FREE}
    for name in names:
        if name not in known:
            raise unknown_name("search algorithm", name, known, "--algorithm")
    if len({name in LABEL_FREE for name in names}) > 1:
        raise UsageError(
            f"of --algorithm {', '.join(names)} some query the table and some pick a cell without "
            f"it ({', '.join(LABEL_FREE)}); ask for the two kinds in two commands"
        )
    return tuple(dict.fromkeys(names))


def _simulations(
    searches: Searches,
    names: Sequence[Plugin],
    best: float,
    time: str | None,
    scores: str | Path | None,
) -> SimulationResult:
    """Search a truth table by every algorithm with every guide, and write files and a page."""
    pool = load_pool(searches.task, searches.places, ROWS)  # a search walks texts
    problem = Problem(space=space(pool.truth.space), truth=pool.truth)
    require_walkable(problem, searches.algorithms)
    task_scores = _proxy_scores(searches, scores)
    guides = [_guide(name, problem, pool, task_scores) for name in names]
    prices = _prices(time, problem, task_scores)
    summaries = _searched(searches, problem, guides, best, prices)
    timed = prices.proxy if prices else "none"
    suite = None if scores is None else str(scores)
    guide_names = [guide.name for guide in guides]
    depends = digest([pool.truth.digest, guide_names, searches.seed, best, timed, suite])
    table = SearchTable(problem=problem, summaries=summaries, share=best, prices=prices)
    return SimulationResult(
        searches=table, files=tuple(write_searches(table, depends[:8], searches.results))
    )


def _searched(
    searches: Searches,
    problem: Problem,
    guides: Sequence[Guide],
    best: float,
    prices: Prices | None,
) -> list[SearchSummary]:
    repeats = _REPEATS if searches.repeats is None else searches.repeats
    if repeats < 2:
        raise UsageError("--repeats 1: intervals over searches need two of them or more")
    pairs = [(algorithm, guide) for algorithm in searches.algorithms for guide in guides]
    told = steps(searches.progress, "searching")
    summaries: list[SearchSummary] = []
    for number, (algorithm, guide) in enumerate(pairs):
        traces = []
        for repeat in range(repeats):
            told(number * repeats + repeat, len(pairs) * repeats)
            seed = searches.seed + repeat
            traces.append(simulate(problem, algorithm, guide, searches.queries, seed))
        summaries.append(summarise(problem, (algorithm, guide.name), traces, best, prices))
    return summaries


def _proxy_scores(searches: Searches, suite: str | Path | None) -> TaskScores | None:
    """Return the task with scores of proxies, published or of a suite's runs, if it has any."""
    task = searches.task
    if suite is None:
        known = task in tasks_with_scores()
        return load_published(task, searches.places, ROWS) if known else None
    wanted = choose_suite(suite)
    proxies = choose_proxies(wanted, None, only=False)
    wanted = wanted.model_copy(update={"tasks": (task,)})
    prepared = open_run(wanted, proxies, Options(results=searches.results))
    return join_stored(replace(prepared, suite=wanted.changed(identical=ROWS)))[0]


def _prices(name: str | None, problem: Problem, task_scores: TaskScores | None) -> Prices | None:
    known = _methods(task_scores)
    if name == "none" or (name is None and USUAL_PRICE not in known):
        return None
    name = name or USUAL_PRICE
    if task_scores is None or name not in known:
        raise unknown_name("proxy with scores of this task", name, ["none", *known], "--time")
    return Prices.of(problem, name, task_scores.scores_by_text(known[name]))


def _guide(name: Plugin, problem: Problem, pool: Pool, task_scores: TaskScores | None) -> Guide:
    if name == "none":
        return Unguided()
    catalog = installed()
    loaded = catalog.loaded.get(name) if isinstance(name, str) else _given(name)
    match loaded:
        case LoadedPredictor():
            return Learned(loaded=loaded, pool=pool)
        case LoadedProxy() if loaded.plugin.score_cells is not None:
            values = Scorer.of(loaded).architectures(problem.architectures)
            return Fixed(name=loaded.name, values=values)
    text, known = loaded.name if loaded else str(name), _methods(task_scores)
    if task_scores is None or text not in known:
        names = ["none", *known, *catalog.of_kind(LoadedPredictor)]
        raise unknown_name("guide with scores of this task", text, names, "--guide")
    return Fixed.of(problem, task_scores, known[text])


def _given(plugin: Plugin) -> LoadedPlugin[Any]:
    (loaded,) = choose(LoadedPlugin, [plugin], "--guide")
    return loaded


def _methods(task_scores: TaskScores | None) -> Mapping[str, MethodScores]:
    return task_scores.by_name if task_scores else {}
