"""Best or mean zero-cost score: no supernet, only networks of single architectures.

    best_zero_cost: score(e, o) = max of S(a) over sampled architectures a that hold o on e
    mean_zero_cost: the mean of S(a) over them

Reference: best-zc of Xiang et al., AAAI 2023 (arXiv 2106.06799), which takes the best of all
architectures of the space. Here six architectures are drawn for each option of the widest choice
(at least 30 of NAS-Bench-201), so that every option of every choice is held by about six of them;
for an option that none holds more are drawn until one does. Choices that are fixed stay fixed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from harness.operation_scorer import OperationScorer, OperationScores, Probe
from harness.plugin import Direction
from harness.plugins.operation_strength import references
from harness.spaces.supernets.supernet import Operation, Selection

__all__ = ["PLUGINS"]

_HOLDERS = 6


def _score(
    reduction: Callable[[Sequence[float]], float],
    probe: Probe,
    fixed: Selection,
    operations: Sequence[Operation],
) -> OperationScores:
    import numpy as np

    generator = np.random.default_rng(probe.seed)
    widest = max(len(one.options) for one in probe.supernet.choices)
    shared = [probe.supernet.sample(fixed, generator) for _ in range(_HOLDERS * widest)]
    found = {}
    for one in operations:
        holders = [cell for cell in shared if one.option in cell[one.choice]]
        while not holders:  # ends: an operation that is open can be drawn
            cell = probe.supernet.sample(fixed, generator)
            holders += [cell] if one.option in cell[one.choice] else []
        found[one] = reduction([probe.measure_network(cell) for cell in holders])
    return found


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)


PLUGINS = (
    OperationScorer(
        name="best_zero_cost",
        version="1",
        summary="The best proxy score of sampled architectures that hold the operation.",
        direction=Direction.HIGHER,
        score_operations=partial(_score, max),
        stochastic=True,
        references=references("best_zero_cost"),
    ),
    OperationScorer(
        name="mean_zero_cost",
        version="1",
        summary="The mean proxy score of sampled architectures that hold the operation.",
        direction=Direction.HIGHER,
        score_operations=partial(_score, _mean),
        stochastic=True,
    ),
)
