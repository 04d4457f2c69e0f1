"""A proxy's score as what a search maximises, of every network that the search asks for.

No label takes part: an algorithm that would query a truth table is told the score instead. Scores
are computed one network at a time and stored as those of a suite are, so that a search which was
stopped goes on where it was, and searches that meet the same network compute it once.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np

from harness.architecture_search.guides import Unguided
from harness.architecture_search.pick import Pick
from harness.architecture_search.problem import Landscape, Problem
from harness.architecture_search.searchers import Desk
from harness.architecture_search.simulation import draws_of, walk
from harness.catalog import LoadedProxy
from harness.core.architecture import Architecture
from harness.core.errors import ContractError, UsageError
from harness.execution.execute import execute
from harness.execution.population import population_of
from harness.execution.run import Options, Run
from harness.spaces.knowledge import why_unsupported
from harness.spaces.registry import space as find_space

__all__ = ["Fitness", "explore", "search_by"]


@dataclass(slots=True, kw_only=True)
class Fitness:
    """Scores networks on demand, higher is better.

    Attributes:
        proxy: What scores.
        prepared: Condition and stored scores.
        options: How to score; a proxy from outside has a process of its own all the same.
        progress: Is told after every network how many were asked for.
        asked: Networks asked for, by all searches.
        computed: Networks scored now; scores of the others were stored.
        failures: Text of every architecture without a score, and why.

    Raises:
        UsageError: The proxy does not support the space, or scores sets of architectures only.
    """

    proxy: LoadedProxy
    prepared: Run
    options: Options
    progress: Callable[[int], None] = field(default=lambda asked: None)
    asked: int = field(default=0, init=False)
    computed: int = field(default=0, init=False)
    failures: dict[str, str] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        plugin, space = self.proxy.plugin, find_space(self.prepared.suite.space)
        if plugin.aggregate is not None and not plugin.separable:
            raise UsageError(
                f"{self.proxy.name} ranks a whole set of architectures and has no score of one "
                "alone, so no search can maximise it; choose another proxy"
            )
        if reason := why_unsupported(plugin, space):
            raise UsageError(f"{reason}; choose another proxy")
        self.prepared = replace(self.prepared, plugins=(self.proxy,))
        own = replace(self.options, workers=None) if self.proxy.outside else self.options
        self.options = own.one_by_one()

    def __call__(self, architecture: Architecture) -> float:
        """Return the score, or minus infinity where the proxy has none."""
        text = architecture.text
        population = population_of("search", architecture.space, [text])
        done = execute(
            replace(self.prepared, population=population), self.options, lambda done, total: None
        )
        self.computed += done.computed
        self.asked += 1
        self.progress(self.asked)
        column = self.prepared.scores.column(self.proxy.key, (text,))
        if column.failures:
            self.failures[text] = column.failures[0].reason
            return -np.inf
        return float(self.proxy.oriented(column.values)[0])


def explore(
    fitness: Callable[[Architecture], float],
    problem: Landscape,
    searcher: str,
    budget: int,
    seed: int,
) -> dict[Architecture, float]:
    """Search for high fitness and return what was asked for, in order, with its fitness.

    Args:
        fitness: What is maximised.
        problem: What is searched.
        searcher: Name of one of `SEARCHERS`.
        budget: Number of architectures that the search may ask for.
        seed: Seed of everything that the search draws.
    """
    guide = Unguided()
    desk = Desk(problem=problem, guide=guide, generator=draws_of(searcher, guide, seed))
    walk(desk, searcher, budget, lambda number: fitness(problem.architectures[number]))
    return {problem.architectures[number]: value for number, value in desk.queried.items()}


def search_by(fitness: Fitness, problem: Problem, searcher: str, budget: int, seed: int) -> Pick:
    """Search for the architecture of the highest score among those of a table.

    Args:
        fitness: What is maximised.
        problem: What is searched; its values are not read.
        searcher: Name of one of `SEARCHERS`.
        budget: Number of networks that the search may ask for.
        seed: Seed of everything that the search draws; weights and batch are those of `fitness`.

    Raises:
        ContractError: No network that it asked for has a score.
    """
    started = time.perf_counter()
    met = explore(fitness, problem, searcher, budget, seed)
    best = max(met, key=lambda architecture: met[architecture])
    if met[best] == -np.inf:
        reason = fitness.failures[best.text]
        raise ContractError(
            f"{fitness.proxy.name} has no score of any of the {len(met)} networks that "
            f"{searcher} asked for; the first: {reason}"
        )
    return Pick(
        searcher=searcher,
        guide=fitness.proxy.name,
        architecture=best,
        score=met[best],
        scored=len(met),
        seconds=time.perf_counter() - started,
        seed=seed,
    )
