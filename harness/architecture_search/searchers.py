"""Search algorithms as conversations: each yields what to query and is sent its value.

Every algorithm takes a guide. Where it has a choice that the published algorithm leaves to chance,
the guide makes it, between a few candidates drawn at random; without a guide it is the published
algorithm. What was queried before is not asked for again, so that queries count different
architectures.

With several objectives dominance decides wherever a value or a score would: what is known of the
others beforehand counts beside it, and among those that nothing dominates chance does.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from harness.architecture_search.guides import Guide
from harness.architecture_search.problem import Landscape
from harness.metrics.fronts import front_of
from harness.metrics.values import FloatArray, IntArray

__all__ = ["SEARCHERS", "WALKERS", "Conversation", "Desk", "Searcher"]

Conversation = Generator[int, float, None]
"""Yields the number of an architecture and is sent its value, higher is better."""

_CANDIDATES = 10
_POPULATION = 50
_TOURNAMENT = 10
_WARM_UP = 10
_PARENTS = 5


@dataclass(slots=True, kw_only=True)
class Desk:
    """What an algorithm has at hand.

    Attributes:
        queried: Values so far, by number of architecture, in the order of the queries.
    """

    problem: Landscape
    guide: Guide
    generator: np.random.Generator
    queried: dict[int, float] = field(default_factory=dict)
    _scores: FloatArray | None = None
    _asked_at: int = -1

    @property
    def outdated(self) -> bool:
        """Whether the guide would be asked anew."""
        return self._asked_at < 0 or self.guide.outdated(self._asked_at, len(self.queried))

    def scores(self) -> FloatArray | None:
        """Return the guide's scores, asked anew where these are outdated."""
        if self.outdated:
            seed = int(self.generator.integers(2**31))
            self._scores = self.guide.scores(self.queried, seed)
            self._asked_at = len(self.queried)
        return self._scores

    def fresh(self, count: int) -> IntArray:
        """Draw at most `count` different architectures that were not queried."""
        return self.problem.fresh(count, self.queried, self.generator)

    def choose(self, candidates: Sequence[int] | IntArray) -> int:
        """Return the candidate that the guide likes best; the first one without a guide."""
        scores = self.scores()
        if scores is None:
            return int(candidates[0])
        return int(self.leading(candidates, scores[np.asarray(candidates)])[0])

    def leading(self, numbers: Sequence[int] | IntArray, values: FloatArray) -> IntArray:
        """Return the architecture with the highest of `values`; the first of equal ones.

        With several objectives those that nothing dominates, in random order. What has no score,
        minus infinity, is then left out where others have one.
        """
        numbers, objectives = np.asarray(numbers), self.problem.objectives
        if objectives is None:
            return numbers[[np.argmax(values)]]
        if (scored := values > -np.inf).any():
            numbers, values = numbers[scored], values[scored]
        points = np.column_stack([values, objectives.known[numbers]])
        return self.generator.permutation(numbers[front_of(points)])

    def best(self, numbers: Sequence[int]) -> IntArray:
        """Return what is `leading` of architectures that were queried."""
        return self.leading(numbers, np.array([self.queried[number] for number in numbers]))

    def improves(self, number: int, on: int) -> bool:
        """Say whether an architecture that was queried is better than another one."""
        gain = self.queried[number] - self.queried[on]
        if (objectives := self.problem.objectives) is None:
            return gain > 0
        gains = np.append(objectives.known[number] - objectives.known[on], gain)
        return bool((gains >= 0).all() and (gains > 0).any())

    def unseen_neighbours(self, number: int) -> IntArray:
        """Return the neighbours that were not queried, in random order."""
        fresh = [
            neighbour
            for neighbour in self.problem.neighbours(number)
            if int(neighbour) not in self.queried
        ]
        return self.generator.permutation(np.array(fresh, dtype=np.int64))


Searcher = Callable[[Desk], Conversation]


def random_search(desk: Desk) -> Conversation:
    """Query one of ten architectures drawn at random."""
    while (candidates := desk.fresh(_CANDIDATES)).size:
        yield desk.choose(candidates)


def ranking(desk: Desk) -> Conversation:
    """Query the best of all architectures that were not queried; at random without a guide.

    Equal scores are in an order drawn once a search: the table's own puts like architectures side
    by side. With several objectives the whole front of the guide's scores, then the front of what
    is left.
    """
    order = desk.generator.spawn(1)[0].permutation(desk.problem.n)
    while len(desk.queried) < desk.problem.n:
        if (scores := desk.scores()) is None:
            yield int(desk.fresh(1)[0])
            continue
        unseen = order[~np.isin(order, list(desk.queried))]
        for number in desk.leading(unseen, scores[unseen]):
            yield int(number)
            if desk.outdated:
                break


def regularised_evolution(desk: Desk) -> Conversation:
    """Mutate the best of ten drawn from the last fifty, as Real et al. (2019, arXiv 1802.01548)."""
    population: deque[int] = deque(maxlen=_POPULATION)
    while (candidates := _children(desk, population)).size:
        number = desk.choose(candidates)
        yield number
        population.append(number)


def _children(desk: Desk, population: Sequence[int]) -> IntArray:
    if len(population) < _POPULATION:
        return desk.fresh(_CANDIDATES)
    drawn = desk.generator.choice(len(population), _TOURNAMENT, replace=False)
    parent = desk.best([population[int(index)] for index in drawn])[0]
    children = desk.unseen_neighbours(int(parent))[:_CANDIDATES]
    return children if children.size else desk.fresh(_CANDIDATES)


def local_search(desk: Desk) -> Conversation:
    """Climb from neighbour to neighbour and start again at a peak, as White et al. (2021).

    Source: arXiv 2005.02960. A guide chooses the start among ten and the order of the neighbours.
    """
    while (starts := desk.fresh(_CANDIDATES)).size:
        here = desk.choose(starts)
        yield here
        while (better := (yield from _improve(desk, here))) is not None:
            here = better


def _improve(desk: Desk, here: int) -> Generator[int, float, int | None]:
    around = desk.unseen_neighbours(here)
    while around.size:
        number = desk.choose(around)
        yield number
        if desk.improves(number, here):
            return number
        around = around[around != number]
    return None


def mutation_pool(desk: Desk) -> Conversation:
    """Query the best of mutants of the five best so far, as BANANAS does with its predictor.

    Source: White et al. (2021), arXiv 1910.11858, with the guide's score as it is instead of
    Thompson sampling. The first ten queries are random.
    """
    while True:
        mutants = [desk.unseen_neighbours(number) for number in _parents(desk)]
        pool = np.unique(np.concatenate([*mutants, desk.fresh(_CANDIDATES)]))
        if len(desk.queried) < _WARM_UP or not pool.size:
            pool = desk.fresh(_CANDIDATES)
        if not pool.size:
            return
        yield desk.choose(desk.generator.permutation(pool))


def _parents(desk: Desk) -> list[int]:
    """Return the five best so far; with several objectives, five that nothing dominates."""
    if desk.problem.objectives is None:
        return sorted(desk.queried, key=lambda number: -desk.queried[number])[:_PARENTS]
    return desk.best(list(desk.queried))[:_PARENTS].tolist() if desk.queried else []


SEARCHERS: Mapping[str, Searcher] = {
    "random": random_search,
    "ranking": ranking,
    "evolution": regularised_evolution,
    "local": local_search,
    "bananas": mutation_pool,
}

WALKERS = ("evolution", "local", "bananas")
"""Those that go from neighbour to neighbour."""
