"""What ``harness search`` does for a search without labels: pick a cell, then look it up."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from harness.cli import settings

if TYPE_CHECKING:
    from harness.architecture_search import Fitness, Pick
    from harness.catalog import LoadedProxy
    from harness.cli.output import Update
    from harness.cli.search_options import Asked
    from harness.core.identity import Json
    from harness.operation_scoring import PoolSearch
    from harness.truth import TruthTable

__all__ = ["fitness_picks", "label_free_picks"]

_PROPOSALS = 10
_VALIDATION = 100
_QUERIES = 300
_BATCH = "photographs"
_IMAGES = 64


def label_free_picks(asked: Asked) -> None:
    """Search by every algorithm with every guide, then look up what they ended in.

    Raises:
        UsageError: A guide is no proxy, or cannot guide a search; or the space cannot be searched.
        InfrastructureError: The results folder cannot be written.
    """
    from harness.architecture_search import Request, search_label_free
    from harness.catalog import LoadedProxy
    from harness.cli.output import progress_bar
    from harness.truth import load

    way = f"--algorithm {asked.algorithms[0]}"
    asked.refuse(way, "fitness", "queries", "best", "time", "scores")
    if "zero_cost_pt" not in asked.algorithms:
        asked.refuse(way, "proposals", "validation", "batch", "images")
    truth = load(asked.task, places=asked.places)
    guides = settings.choose(LoadedProxy, asked.guide or ["tg_nas"], "--guide")
    pool = _pool(asked)
    requests = [
        Request(space=truth.space, dataset=truth.dataset, guide=one, seed=seed, pool=pool)
        for one in guides
        for seed in _seeds(asked)
    ]
    tasks = [(name, request) for name in asked.algorithms for request in requests]
    picks: list[Pick] = []
    with progress_bar("searching") as update:
        for number, (name, request) in enumerate(tasks):
            update(number, len(tasks))
            picks.append(search_label_free(name, request))
    depends = (
        [asked.batch, pool.proposals, pool.batches] if "zero_cost_pt" in asked.algorithms else []
    )
    _show(asked, truth, picks, guides, depends)


def fitness_picks(asked: Asked) -> None:
    """Search by every algorithm for the highest score of every proxy, then look up what was found.

    Weights and batch are those of the first seed in all searches, so that a network is scored once.

    Raises:
        UsageError: A proxy cannot score networks of the space one by one.
        ContractError: A proxy has no score of any network.
        DataError: The table or a stored score cannot be read.
        InfrastructureError: Records or results cannot be written.
    """
    from harness.architecture_search import Fitness, Problem, require_walkable, search_by
    from harness.catalog import LoadedProxy
    from harness.cli.output import progress_bar
    from harness.execution.population import population_of
    from harness.execution.run import Options, open_run_on
    from harness.execution.task_truth import make_suite
    from harness.spaces.registry import space
    from harness.truth import load

    asked.refuse("--fitness", "guide", "best", "time", "scores", "proposals", "validation")
    truth = load(asked.task, places=asked.places)
    proxies = settings.choose(LoadedProxy, asked.fitness or [], "--fitness")
    problem = Problem(space=space(truth.space), truth=truth)
    require_walkable(problem, asked.algorithms)
    batch = settings.batch_settings(asked.batch or _BATCH, _IMAGES)
    options = Options(results=asked.results, workers=0, images=asked.images)
    suite = make_suite(asked.task, truth, batch, asked.seed)
    prepared = open_run_on(population_of("search", truth.space, []), {}, suite, (), options)
    fitnesses = [Fitness(proxy=one, prepared=prepared, options=options) for one in proxies]
    queries, seeds = asked.queries or _QUERIES, _seeds(asked)
    each = min(queries, problem.n) * len(asked.algorithms) * len(seeds)
    picks: list[Pick] = []
    with progress_bar("searching") as update:
        for number, fitness in enumerate(fitnesses):
            fitness.progress = _shifted(update, number * each, len(fitnesses) * each)
            picks += [
                search_by(fitness, problem, name, queries, seed)
                for name in asked.algorithms
                for seed in seeds
            ]
    for fitness in fitnesses:
        _tell(fitness)
    _show(asked, truth, picks, proxies, [prepared.condition.key, queries])


def _seeds(asked: Asked) -> range:
    return range(asked.seed, asked.seed + (asked.repeats or 1))


def _pool(asked: Asked) -> PoolSearch:
    from harness.operation_scoring import Extent, Images, Order, PoolSearch, Setup

    batch = settings.batch_settings(asked.batch or _BATCH, _IMAGES)
    drawn = Images(source=batch.source, size=batch.size, place=asked.images)
    setup = Setup(order=Order.RANDOM, extent=Extent.TURN, images=drawn)
    return PoolSearch(
        setup=setup,
        proposals=asked.proposals or _PROPOSALS,
        batches=asked.validation or _VALIDATION,
    )


def _tell(fitness: Fitness) -> None:
    from harness.cli.output import say, warn

    name, failures = fitness.proxy.name, fitness.failures
    say(f"{name}: {fitness.asked} scores asked for, {fitness.computed} of them computed now")
    if failures:
        text, reason = next(iter(failures.items()))
        warn(f"{name} has no score of {len(failures)} networks, e.g. {text}: {reason}")


def _show(
    asked: Asked,
    truth: TruthTable,
    picks: Sequence[Pick],
    guides: Sequence[LoadedProxy],
    depends: Sequence[Json],
) -> None:
    """Print each pick with its place in the table, and write them.

    Args:
        asked: Says where.
        truth: The table.
        picks: At least one.
        guides: The proxies that scored.
        depends: What the picks depend on beside algorithms, proxies and seeds.
    """
    from harness.architecture_search import place_of
    from harness.cli.output import say
    from harness.core.identity import digest
    from harness.reports.searches import PickTable, write_picks
    from harness.reports.writers import print_table

    ranked = [(pick, place_of(pick.architecture, truth)) for pick in picks]
    table = PickTable(task=truth.task, picks=ranked)
    best = max(picks, key=lambda one: one.score)
    say(f"{truth.task}: no value was asked for; values and ranks were looked up afterwards")
    print_table(table.table)
    for line in table.means:
        say(line)
    if len({one.guide for one in picks}) == 1 and len({one.searcher for one in picks}) > 1:
        say(f"highest score: {best.searcher}, {best.architecture.text}")
    by_graph = {one.name: one for one in guides if one.plugin.score_cells is not None}
    for one in picks:
        if one.guide in by_graph:  # else a network for each architecture of the table
            say(_standing(one, by_graph[one.guide], truth))
    stem = digest([truth.digest, *depends])[:8]
    for path in write_picks(table, stem, asked.results):
        say(f"wrote {path}")


def _shifted(update: Update, before: int, total: int) -> Callable[[int], None]:
    return lambda done: update(before + done, total)


def _standing(pick: Pick, guide: LoadedProxy, truth: TruthTable) -> str:
    """Say where the score of a pick stands among those of the table's architectures."""
    from harness.architecture_search import Scorer
    from harness.core.architecture import Architecture

    stored = [Architecture(space=truth.space, text=text) for text in truth.values]
    higher = int((Scorer.of(guide).architectures(stored) > pick.score).sum())
    return (
        f"{pick.searcher}, seed {pick.seed}: {higher} of the {truth.n} architectures of the table "
        "have a higher score"
    )
