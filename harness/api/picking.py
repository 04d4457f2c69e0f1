"""Searches without a label: pick an architecture by scores alone, then look it up in the table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from harness.api.choice import Plugin, batch_settings, choose
from harness.api.results import Effort, PicksResult, Progress
from harness.api.running import steps
from harness.architecture_search import (
    Fitness,
    Pick,
    Problem,
    Request,
    Scorer,
    rank_in_table,
    require_walkable,
    search_by,
    search_label_free,
)
from harness.catalog import LoadedProxy
from harness.core.architecture import Architecture
from harness.core.identity import Json, digest
from harness.execution.population import population_of
from harness.execution.run import Options, open_run_on
from harness.execution.task_truth import load_architectures, make_suite
from harness.operation_scoring import Extent, Order, PoolSearch, Setup
from harness.reports.picks import PickTable, write_picks
from harness.spaces.registry import space
from harness.truth import Places, TruthTable

__all__ = ["Searches", "fitness_picks", "label_free_picks"]

_PROPOSALS = 10
_VALIDATION = 100
_BATCH = "photographs"
_IMAGES = 64
_TRIED = 3
"""Networks of the table that are built and called before a search begins."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Searches:
    """What all kinds of searches have in common.

    Attributes:
        task: Name of the task.
        algorithms: Names of algorithms of one kind, at least one.
        queries: Queries of one search, or networks that it scores.
        repeats: Searches for each row; None for the usual number of the kind.
        batch: Batch source and size; None for the usual ones.
        images: What the batch source reads: a file or folder.
        seed: Seed of everything drawn.
        results: Results folder.
        places: Where truth tables are.
        progress: Is told of every search.
    """

    task: str
    algorithms: tuple[str, ...]
    queries: int
    repeats: int | None
    batch: str | None
    images: Path | None
    seed: int
    results: Path
    places: Places
    progress: Progress | None

    @property
    def seeds(self) -> range:
        """Seeds of the searches of each row, one when their number was not given."""
        return range(self.seed, self.seed + (self.repeats or 1))


def label_free_picks(
    searches: Searches,
    guides: Sequence[Plugin],
    proposals: int | None,
    validation: int | None,
) -> PicksResult:
    """Search by every algorithm with every guide, then look up what they ended in.

    Args:
        searches: What is searched.
        guides: Proxies; the usual one where there is none.
        proposals: Proposals of zero_cost_pt; the usual number when absent.
        validation: Batches of its validation; the usual number when absent.

    Raises:
        UsageError: A guide is no proxy, or cannot guide a search; or the space cannot be searched.
        InfrastructureError: The results folder cannot be written.
    """
    truth = load_architectures(searches.task, searches.places)
    proxies = choose(LoadedProxy, guides or ["tg_nas"], "--guide")
    pool = PoolSearch(
        setup=_supernet_setup(searches),
        proposals=proposals or _PROPOSALS,
        batches=validation or _VALIDATION,
    )
    requests = [
        Request(space=truth.space, dataset=truth.dataset, guide=proxy, seed=seed, pool=pool)
        for proxy in proxies
        for seed in searches.seeds
    ]
    pairs = [(algorithm, request) for algorithm in searches.algorithms for request in requests]
    told = steps(searches.progress, "searching")
    picks: list[Pick] = []
    for number, (algorithm, request) in enumerate(pairs):
        told(number, len(pairs))
        picks.append(search_label_free(algorithm, request))
    depends: list[Json] = []
    if "zero_cost_pt" in searches.algorithms:
        depends = [searches.batch, pool.proposals, pool.batches]
    return _looked_up(searches, truth, picks, proxies, depends)


def fitness_picks(searches: Searches, plugins: Sequence[Plugin]) -> PicksResult:
    """Search by every algorithm for the highest score of every proxy, then look up what was found.

    Weights and batch are those of the first seed in all searches, so that a network is scored once.

    Raises:
        UsageError: A proxy cannot score networks of the space one by one.
        ContractError: A proxy has no score of any network.
        DataError: The table or a stored score cannot be read.
        InfrastructureError: Records or results cannot be written.
    """
    truth = load_architectures(searches.task, searches.places)
    proxies = choose(LoadedProxy, plugins, "--fitness")
    problem = Problem(space=space(truth.space), truth=truth)
    require_walkable(problem, searches.algorithms)
    batch = batch_settings(searches.batch or _BATCH, _IMAGES)
    options = Options(results=searches.results, workers=0, images=searches.images)
    suite = make_suite(searches.task, truth, batch, searches.seed)
    tried = population_of("search", truth.space, list(truth.values)[:_TRIED])
    prepared = open_run_on(tried, {}, suite, (), options)
    fitnesses = [Fitness(proxy=proxy, prepared=prepared, options=options) for proxy in proxies]
    picks = _climbed(searches, problem, fitnesses)
    depends: list[Json] = [prepared.condition.key, searches.queries]
    efforts = tuple(
        Effort(
            proxy=fitness.proxy.name,
            asked=fitness.asked,
            computed=fitness.computed,
            failures=fitness.failures,
        )
        for fitness in fitnesses
    )
    return _looked_up(searches, truth, picks, proxies, depends, efforts)


def _climbed(searches: Searches, problem: Problem, fitnesses: Sequence[Fitness]) -> list[Pick]:
    each = min(searches.queries, problem.n) * len(searches.algorithms) * len(searches.seeds)
    told = steps(searches.progress, "searching")
    picks: list[Pick] = []
    for number, fitness in enumerate(fitnesses):
        fitness.progress = _shifted(told, number * each, len(fitnesses) * each)
        picks += [
            search_by(fitness, problem, algorithm, searches.queries, seed)
            for algorithm in searches.algorithms
            for seed in searches.seeds
        ]
    return picks


def _shifted(told: Callable[[int, int], None], before: int, total: int) -> Callable[[int], None]:
    return lambda done: told(before + done, total)


def _supernet_setup(searches: Searches) -> Setup:
    images = batch_settings(searches.batch or _BATCH, _IMAGES).request(searches.images)
    return Setup(order=Order.RANDOM, extent=Extent.TURN, images=images)


def _looked_up(
    searches: Searches,
    truth: TruthTable,
    picks: Sequence[Pick],
    proxies: Sequence[LoadedProxy],
    depends: Sequence[Json],
    efforts: tuple[Effort, ...] = (),
) -> PicksResult:
    """Look picks up in the table, and write them.

    Args:
        searches: What was searched.
        truth: The table.
        picks: At least one.
        proxies: What scored.
        depends: What the picks depend on beside algorithms, proxies and seeds.
        efforts: What searches for the highest score asked for.
    """
    ranked = [(pick, rank_in_table(pick.architecture, truth)) for pick in picks]
    picked = PickTable(task=truth.task, unit=truth.unit, picks=ranked)
    by_graph = {
        proxy.name: Scorer.of(proxy) for proxy in proxies if proxy.plugin.score_cells is not None
    }
    stem = digest([truth.digest, *depends])[:8]
    return PicksResult(
        picked=picked,
        n=truth.n,
        higher=tuple(_higher(pick, by_graph.get(pick.guide), truth) for pick in picks),
        efforts=efforts,
        files=tuple(write_picks(picked, stem, searches.results)),
    )


def _higher(pick: Pick, scorer: Scorer | None, truth: TruthTable) -> int | None:
    """Count the architectures of a table with a higher score than a pick."""
    if scorer is None:  # it would take a network for each architecture of the table
        return None
    stored = [Architecture(space=truth.space, text=text) for text in truth.values]
    return int((scorer.architectures(stored) > pick.score).sum())
