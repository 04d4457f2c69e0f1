"""Confidence of attention: how far its projections, or its weights, favour a few positions.

    head_confidence    = sum over projections: mean over samples, outputs of the maximum over
                         positions of the output
    softmax_confidence = sum over attentions: mean over samples, queries, keys of the maximum over
                         heads of the weight

Reference: Serianni, Kalita: Training-free Neural Architecture Search for RNNs and Transformers, ACL
2023; release aaronserianni/training-free-nas, `BERT_metrics.ipynb`, which stores both beside the
results of NAS-Bench-BERT. They say that a head is confident when it attends to few positions; what
they compute for weights is the maximum over heads, and so it is here. Deviations: a projection is
what attention multiplies (of dynamic convolutions too, where the release looks for names, and not
the matrix of a fixed transform); a packed one counts as those that are packed in it, and one of
half the width counts half.

Networks without attention are unsupported. Weights are seen where torch's own operator attends
(`scaled_dot_product_attention`); where a network multiplies by itself, `softmax_confidence` is
unsupported.
"""

from __future__ import annotations

from harness.passes.attention_confidence import PROJECTION_MAXIMA, SOFTMAX_MAXIMA
from harness.passes.observation import Observation
from harness.plugin import Direction, ZeroCostProxy

__all__ = ["PLUGINS"]


def _head_confidence(observation: Observation) -> float:
    return sum(observation[PROJECTION_MAXIMA].values())


def _softmax_confidence(observation: Observation) -> float:
    return observation[SOFTMAX_MAXIMA]


PLUGINS = (
    ZeroCostProxy(
        name="head_confidence",
        version="1",
        summary="Largest outputs of the projections of attention.",
        direction=Direction.HIGHER,
        passes=(PROJECTION_MAXIMA,),
        score=_head_confidence,
    ),
    ZeroCostProxy(
        name="softmax_confidence",
        version="1",
        summary="Largest weights of attention over heads.",
        direction=Direction.HIGHER,
        passes=(SOFTMAX_MAXIMA,),
        score=_softmax_confidence,
    ),
)
