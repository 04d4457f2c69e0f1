"""The architectures that a page draws: all of a small population, a fixed draw of a large one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from harness.core.identity import derived_seed
from harness.evaluation import TaskScores
from harness.reports.page.aligned import AlignedScores

__all__ = ["LIMIT", "Points", "points", "short"]

LIMIT = 2000
"""Most architectures on a page: enough for a picture, few enough for a phone."""

_DIGITS = 7  # as many as the float32 that most scores come from


@dataclass(frozen=True, slots=True, kw_only=True)
class Points:
    """Scores of the architectures that are drawn, in the order of the contest.

    Attributes:
        architectures: Their texts.
        scores: Name of a contender to its scores, higher is better; None where it has none.
    """

    architectures: tuple[str, ...]
    scores: Mapping[str, tuple[float | None, ...]]


def points(contest: TaskScores, scores: AlignedScores, seed: int, limit: int = LIMIT) -> Points:
    """Choose at most `limit` architectures that have ground truth.

    The draw depends on the seed and on the digest of the population, not on the task.
    """
    chosen = _chosen(contest, seed, limit)
    return Points(
        architectures=tuple(contest.architectures[index] for index in chosen),
        scores={
            name: tuple(None if np.isnan(one) else short(float(one)) for one in found[chosen])
            for name, found in scores.items()
        },
    )


def short(number: float) -> float:
    """Round to the digits that a page carries."""
    return float(f"{number:.{_DIGITS}g}")


def _chosen(contest: TaskScores, seed: int, limit: int) -> list[int]:
    n = len(contest.architectures)
    if n <= limit:
        return list(range(n))
    generator = np.random.default_rng(derived_seed(seed, "page", contest.population.digest))
    return sorted(int(index) for index in generator.permutation(n)[:limit])
