"""Best or mean zero-cost score: no supernet, only networks of single architectures.

    best_zero_cost: score(e, o) = max of S(a) over sampled architectures a that hold o on e
    mean_zero_cost: the mean of S(a) over them

Reference: best-zc of Xiang et al., AAAI 2023 (arXiv 2106.06799), which takes the best of all
architectures of the space. Here twenty architectures are drawn for each option of the widest choice
(100 of NAS-Bench-201), so that every option of every choice is held by about twenty of them; for an
option that none holds more are drawn until one does. Choices that are fixed stay fixed. An
architecture of which the proxy has no score takes no part: nwot has none of a cell whose output
hears no ReLU.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from harness.core.errors import ContractError
from harness.operation_scorer import OperationScorer, OperationScores, Probe
from harness.plugin import Direction
from harness.plugins.operation_strength import references
from harness.spaces.supernets.supernet import Operation, Selection

__all__ = ["PLUGINS"]

_HOLDERS = 20
_TRIES = 100


def _score(
    reduction: Callable[[Sequence[float]], float],
    probe: Probe,
    fixed: Selection,
    operations: Sequence[Operation],
) -> OperationScores:
    import numpy as np

    generator = np.random.default_rng(probe.seed)
    widest = max(len(choice.options) for choice in probe.supernet.choices)
    shared = [probe.supernet.sample(fixed, generator) for _ in range(_HOLDERS * widest)]
    known = [(cell, _measured(probe, cell)) for cell in shared]
    scores = {}
    for operation in operations:
        held = [score for cell, score in known if operation.option in cell[operation.choice]]
        while not any(isinstance(score, float) for score in held):
            cell = probe.supernet.sample(fixed, generator)
            if operation.option in cell[operation.choice]:  # an operation that is open can be drawn
                held.append(_measured(probe, cell))
            if len(held) > _TRIES:
                raise ContractError(
                    f"{operation.option} on {operation.choice} has no score: {held[-1]}"
                )
        scores[operation] = reduction([score for score in held if isinstance(score, float)])
    return scores


def _measured(probe: Probe, cell: Selection) -> float | ContractError:
    try:
        return float(probe.measure_network(cell))
    except ContractError as error:
        return error


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)


PLUGINS = (
    OperationScorer(
        name="best_zero_cost",
        version="2",
        summary="The best proxy score of sampled architectures that hold the operation.",
        direction=Direction.HIGHER,
        score_operations=partial(_score, max),
        stochastic=True,
        references=references("best_zero_cost"),
    ),
    OperationScorer(
        name="mean_zero_cost",
        version="2",
        summary="The mean proxy score of sampled architectures that hold the operation.",
        direction=Direction.HIGHER,
        score_operations=partial(_score, _mean),
        stochastic=True,
    ),
)
