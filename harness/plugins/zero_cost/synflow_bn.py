"""SynFlow with batch norm kept: see `synflow`.

    score = sum over convolution and linear weights of abs(w * dR/dw)

R is the sum of the outputs for one image of ones, in a network whose parameters and buffers are
replaced by their absolute values, batch norm in training mode.

Reference: Tanaka et al., NeurIPS 2020; this variant is `synflow_bn` of the code released with
Abdelfattah et al., ICLR 2021. Nothing deviates from that code. Other norms are kept as well; for
networks of other operators see `synflow`.
"""

from __future__ import annotations

from harness.passes.data_free_flow import DATA_FREE_FLOW_NORMALISED
from harness.passes.observation import Observation
from harness.plugin import Direction, ZeroCostProxy

__all__ = ["PLUGIN"]


def _score(observation: Observation) -> float:
    return float(sum(flow.sum() for flow in observation[DATA_FREE_FLOW_NORMALISED].values()))


PLUGIN = ZeroCostProxy(
    name="synflow_bn",
    version="1",
    summary="SynFlow with batch norm kept.",
    direction=Direction.HIGHER,
    passes=(DATA_FREE_FLOW_NORMALISED,),
    score=_score,
)
