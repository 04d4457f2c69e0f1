"""Runs a search: against a truth table, or against whatever else answers its queries."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from harness.architecture_search.guides import Guide
from harness.architecture_search.problem import Problem
from harness.architecture_search.searchers import SEARCHERS, WALKERS, Desk
from harness.core.identity import derived_seed
from harness.metrics.values import FloatArray, IntArray

__all__ = ["Trace", "draws_of", "require_walkable", "simulate", "walk"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Trace:
    """One search.

    Attributes:
        numbers: Shape ``(queries,)``: what was queried, in order.
        regrets: Shape ``(queries,)``: what was lacking then; see `Problem.regrets`.
        seconds: Wall-clock time of the search itself.
    """

    numbers: IntArray
    regrets: FloatArray
    seconds: float

    def queries_to(self, regret: float) -> int | None:
        """Return the number of queries after which the regret is at most `regret`, if ever."""
        reached = np.flatnonzero(self.regrets <= regret)
        return int(reached[0]) + 1 if reached.size else None


def require_walkable(problem: Problem, searchers: Sequence[str]) -> None:
    """Refuse algorithms that go from neighbour to neighbour on a table of scattered architectures.

    Raises:
        UsageError: One of them does, and most architectures have no neighbour in the table.
    """
    for name in searchers:
        if name in WALKERS:
            problem.require_neighbours(name)


def draws_of(searcher: str, guide: Guide, seed: int) -> np.random.Generator:
    """Return the generator of everything that a search draws."""
    return np.random.default_rng(derived_seed(seed, "search", searcher, guide.name))


def walk(desk: Desk, searcher: str, budget: int, answer: Callable[[int], float]) -> None:
    """Let an algorithm ask until the budget or the table is exhausted; the desk keeps the answers.

    Args:
        desk: What the algorithm has at hand.
        searcher: Name of one of `SEARCHERS`.
        budget: Number of queries.
        answer: What a query of an architecture, by its number, is told; higher is better.
    """
    conversation = SEARCHERS[searcher](desk)
    for number in conversation:
        desk.queried[number] = answer(number)
        if len(desk.queried) >= min(budget, desk.problem.n):
            break
    conversation.close()


def simulate(problem: Problem, searcher: str, guide: Guide, budget: int, seed: int) -> Trace:
    """Search a table until the budget or the table is exhausted.

    Args:
        problem: What is searched.
        searcher: Name of one of `SEARCHERS`.
        guide: What the algorithm asks.
        budget: Number of queries.
        seed: Seed of everything that the search draws.
    """
    started = time.perf_counter()
    desk = Desk(problem=problem, guide=guide, generator=draws_of(searcher, guide, seed))
    walk(desk, searcher, budget, lambda number: float(problem.values[number]))
    seconds = time.perf_counter() - started
    numbers = np.array(list(desk.queried), dtype=np.int64)
    return Trace(numbers=numbers, regrets=problem.regrets(numbers), seconds=seconds)
