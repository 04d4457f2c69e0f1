"""Runs a search against a truth table."""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np

from harness.core.identity import derived_seed
from harness.metrics.values import FloatArray, IntArray
from harness.search.guides import Guide
from harness.search.problem import Problem
from harness.search.searchers import SEARCHERS, Desk

__all__ = ["Trace", "simulate"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Trace:
    """One search.

    Attributes:
        numbers: Shape ``(queries,)``: what was queried, in order.
        regrets: Shape ``(queries,)``: best value of the table less the best value so far, in the
            unit of the truth.
        seconds: Wall-clock time of the search itself.
    """

    numbers: IntArray
    regrets: FloatArray
    seconds: float

    def queries_to(self, regret: float) -> int | None:
        """Return the number of queries after which the regret is at most `regret`, if ever."""
        reached = np.flatnonzero(self.regrets <= regret)
        return int(reached[0]) + 1 if reached.size else None


def simulate(problem: Problem, searcher: str, guide: Guide, budget: int, seed: int) -> Trace:
    """Search until the budget or the table is exhausted.

    Args:
        problem: What is searched.
        searcher: Name of one of `SEARCHERS`.
        guide: What the algorithm asks.
        budget: Number of queries.
        seed: Seed of everything that the search draws.
    """
    started = time.perf_counter()
    generator = np.random.default_rng(derived_seed(seed, "search", searcher, guide.name))
    desk = Desk(problem=problem, guide=guide, generator=generator)
    conversation = SEARCHERS[searcher](desk)
    for number in conversation:
        desk.queried[number] = float(problem.values[number])
        if len(desk.queried) >= min(budget, problem.n):
            break
    conversation.close()
    values = np.array(list(desk.queried.values()))
    return Trace(
        numbers=np.array(list(desk.queried), dtype=np.int64),
        regrets=float(problem.values.max()) - np.maximum.accumulate(values),
        seconds=time.perf_counter() - started,
    )
