"""A random score: what no method at all achieves.

    score = a draw from the uniform distribution on [0, 1)

It depends on the run's seed and the architecture alone, so a repeated run gives the same scores.
"""

from __future__ import annotations

import numpy as np

from harness.passes.observation import Observation
from harness.plugin import Direction, ZeroCostProxy

__all__ = ["PLUGIN"]


def _score(observation: Observation) -> float:
    return float(np.random.default_rng(observation.seed).random())


PLUGIN = ZeroCostProxy(
    name="random",
    version="1",
    summary="A random number.",
    direction=Direction.HIGHER,
    passes=(),
    score=_score,
    stochastic=True,
)
