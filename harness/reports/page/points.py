"""The architectures that a page draws, and the scores of all methods side by side.

All of a small population are drawn, a fixed draw of a large one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from harness.core.identity import derived_seed
from harness.evaluation import TaskScores
from harness.metrics.values import FloatArray

__all__ = ["LIMIT", "AlignedScores", "Points", "align_scores", "draw_points", "short"]

LIMIT = 2000
"""Most architectures on a page: enough for a picture, few enough for a phone."""

AlignedScores = Mapping[str, FloatArray]
"""Name of a method to scores of shape ``(n,)``, higher is better; NaN where it has none."""

_DIGITS = 7  # as many as the float32 that most scores come from


@dataclass(frozen=True, slots=True, kw_only=True)
class Points:
    """Scores of the architectures that are drawn, in the order of the task.

    Attributes:
        architectures: Their texts.
        scores: Name of a method to its scores, higher is better; None where it has none.
    """

    architectures: tuple[str, ...]
    scores: Mapping[str, tuple[float | None, ...]]


def align_scores(task: TaskScores) -> AlignedScores:
    """Return the scores of every method in the order of ``task.architectures``."""
    return {method.name: method.values for method in task.methods}


def draw_points(task: TaskScores, scores: AlignedScores, seed: int, limit: int = LIMIT) -> Points:
    """Choose at most `limit` architectures that have ground truth.

    The draw depends on the seed and on the digest of the population, not on the task.
    """
    chosen = _chosen(task, seed, limit)
    return Points(
        architectures=tuple(task.architectures[index] for index in chosen),
        scores={
            name: tuple(
                None if np.isnan(score) else short(float(score)) for score in aligned[chosen]
            )
            for name, aligned in scores.items()
        },
    )


def short(number: float) -> float:
    """Round to the digits that a page carries."""
    return float(f"{number:.{_DIGITS}g}")


def _chosen(task: TaskScores, seed: int, limit: int) -> list[int]:
    n = len(task.architectures)
    if n <= limit:
        return list(range(n))
    generator = np.random.default_rng(derived_seed(seed, "page", task.population.digest))
    return sorted(int(index) for index in generator.permutation(n)[:limit])
