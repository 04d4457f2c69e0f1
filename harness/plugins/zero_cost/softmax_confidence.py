"""Softmax confidence: how large a weight attention gives a key in any of its heads.

    score = sum over attentions: mean over samples, queries, keys of the maximum over heads

Reference: Serianni, Kalita: Training-free Neural Architecture Search for RNNs and Transformers, ACL
2023; release aaronserianni/training-free-nas, `BERT_metrics.ipynb`, whose maximum is over heads,
and so it is here, though the text speaks of the largest weight of a head.

Weights are computed once more where torch's own operator attends (`scaled_dot_product_attention`);
where a network multiplies by itself, and without attention, it is unsupported.
"""

from __future__ import annotations

from harness.passes.attention_confidence import SOFTMAX_MAXIMA
from harness.passes.observation import Observation
from harness.plugin import Direction, ZeroCostProxy

__all__ = ["PLUGIN"]


def _score(observation: Observation) -> float:
    return observation[SOFTMAX_MAXIMA]


PLUGIN = ZeroCostProxy(
    name="softmax_confidence",
    version="1",
    summary="Largest weights of attention over heads.",
    direction=Direction.HIGHER,
    passes=(SOFTMAX_MAXIMA,),
    score=_score,
)
