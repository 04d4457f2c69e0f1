"""Candidates that are the best of one proxy within one limit, found exactly."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from harness.api.candidates import Ranking
from harness.api.choice import refuse_options
from harness.api.running import steps
from harness.architecture_search import Fitness
from harness.candidates import Drawn, best_within, counted_figures
from harness.core.architecture import Architecture
from harness.core.errors import UsageError
from harness.core.identity import derived_seed
from harness.execution.run import Run
from harness.spaces.knowledge import choices_of

__all__ = ["exact_candidates"]


def exact_candidates(ranking: Ranking, count: int) -> Drawn:
    """Return the front of the one proxy's score and the one limited figure.

    Args:
        ranking: What is ranked.
        count: Number of architectures of the front, those of the highest scores.

    Raises:
        UsageError: The space is not made of named choices, there are more proxies or limits than
            one, or scores do not add up.
    """
    space, limits = ranking.space, ranking.limits
    if ranking.figures.table is not None:
        refuse_options("a ranking of a table's architectures", exact=True)
    choices = choices_of(space)
    if choices is None:
        raise UsageError(
            f"{space.name} is not made of named choices, over which scores could add up; search by "
            "--evolve, or score all by --enumerate"
        )
    if len(ranking.proxies) != 1 or len(limits) > 1 or not all(limit.upper for limit in limits):
        raise UsageError(
            "--exact finds the highest score of one proxy within one upper limit; give one --proxy "
            "and at most one --max"
        )
    prepared = ranking.opened()
    fitness = Fitness(proxy=ranking.proxies[0], prepared=prepared, options=ranking.options)
    told = steps(ranking.progress, f"measuring sums in {space.name}")
    fitness.progress = lambda asked: told(asked, asked)
    figure = _figure(ranking, prepared)

    def evaluate(text: str) -> tuple[float, float]:
        architecture = space.parse(text)
        return fitness(architecture), figure(architecture)

    seed = derived_seed(ranking.suite.seed, "exact", space.name)
    bound = limits[0].bound if limits else np.inf
    front = best_within(choices, evaluate, bound, np.random.default_rng(seed))
    ranking.effort.update(computed=fitness.computed)
    within = f" within {limits[0]}" if limits else ""
    return Drawn(
        how=f"of {space.name} on the front of {fitness.proxy.name}{within}, the best of which "
        f"has the highest score of all, found exactly by {fitness.asked:,} scores",
        architectures=tuple(space.parse(best.text) for best in front[:count]),
    )


def _figure(ranking: Ranking, prepared: Run) -> Callable[[Architecture], float]:
    """Return what the one limit is of, as a function."""
    if not ranking.limits:
        return lambda architecture: 0.0
    name, figures = ranking.limits[0].figure, ranking.figures
    if name in figures.counted:
        return Fitness(proxy=counted_figures()[name], prepared=prepared, options=ranking.options)
    return lambda architecture: float(figures.own([name], [architecture])[name][0])
