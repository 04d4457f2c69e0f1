"""Random: what a scorer is to be better than.

    score(e, o) = a uniform draw

The name of the plugin keeps clear of the proxy `random`.
"""

from __future__ import annotations

from collections.abc import Sequence

from harness.operation_scorer import OperationScorer, OperationScores, Probe
from harness.plugin import Direction
from harness.spaces.supernets.supernet import Operation, Selection

__all__ = ["PLUGIN"]


def _score(probe: Probe, fixed: Selection, operations: Sequence[Operation]) -> OperationScores:
    import numpy as np

    drawn = np.random.default_rng(probe.seed).random(len(operations))
    return dict(zip(operations, drawn.tolist(), strict=True))


PLUGIN = OperationScorer(
    name="random_operations",
    version="1",
    summary="A uniform draw for every operation.",
    direction=Direction.HIGHER,
    score_operations=_score,
    measures=False,
    stochastic=True,
)
