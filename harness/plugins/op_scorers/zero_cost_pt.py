"""Zero-Cost-PT: how good the supernet still is without the operation.

    score(e, o) = S(supernet without o on e), lower is better

S is a zero-cost proxy of the untrained supernet, NASWOT in the paper, turned so that higher is
better. An operation whose removal hurts most is kept.

Reference: Xiang, Dudziak, Abdelfattah, Chau, Lane, Wen: Zero-Cost Operation Scoring in
Differentiable Architecture Search, AAAI 2023 (arXiv 2106.06799). What removing means, deleted or
masked as in the release, belongs to the supernet, and the order of decisions to the harness. In the
release only NASWOT works as S on NAS-Bench-201; here every proxy that needs no population does.
"""

from __future__ import annotations

from collections.abc import Sequence

from harness.operation_scorer import OperationScorer, OperationScores, Probe
from harness.plugin import Direction
from harness.plugins.operation_strength import references
from harness.spaces.supernets.supernet import Operation, Selection

__all__ = ["PLUGIN"]


def _score(probe: Probe, fixed: Selection, operations: Sequence[Operation]) -> OperationScores:
    state = probe.state(fixed)
    return {operation: probe.measure(state.without(operation)) for operation in operations}


PLUGIN = OperationScorer(
    name="zero_cost_pt",
    version="1",
    summary="The proxy's score of the supernet without the operation.",
    direction=Direction.LOWER,
    score_operations=_score,
    references=references("zero_cost_pt"),
)
