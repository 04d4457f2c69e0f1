"""Discretisation: how good the supernet is with the operation alone on its edge.

    score(e, o) = S(supernet with o alone on e), higher is better

Reference: the scorer disc-zc of Xiang et al., AAAI 2023 (arXiv 2106.06799), with a zero-cost proxy
of the untrained supernet as S; the same idea with trained supernets is that of Wang et al.,
Rethinking Architecture Selection in Differentiable NAS, ICLR 2021. The operation that is left has
weight one, the other edges are whole.
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
    return {operation: probe.measure(state.only(operation)) for operation in operations}


PLUGIN = OperationScorer(
    name="discretisation",
    version="1",
    summary="The proxy's score of the supernet with the operation alone on its edge.",
    direction=Direction.HIGHER,
    score_operations=_score,
    references=references("discretisation"),
)
