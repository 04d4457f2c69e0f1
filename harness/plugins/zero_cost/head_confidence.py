"""Head confidence: how large the outputs of attention's projections get at single positions.

    score = sum over projections: mean over samples and outputs of the maximum over positions

Reference: Serianni, Kalita: Training-free Neural Architecture Search for RNNs and Transformers, ACL
2023; release aaronserianni/training-free-nas, `BERT_metrics.ipynb`, where a head is confident
that attends to few positions. Deviations: a projection is what attention multiplies (of dynamic
convolutions too, where the release looks for names, and not the matrix of a fixed transform); a
packed one counts as those that are packed in it, and one of half the width counts half.

Positions are those of one sample, on whatever axis a network keeps its samples. A network without
attention is unsupported, and so is one whose projections are plain products.
"""

from __future__ import annotations

from harness.passes.attention_confidence import PROJECTION_MAXIMA
from harness.passes.observation import Observation
from harness.plugin import Direction, ZeroCostProxy

__all__ = ["PLUGIN"]


def _score(observation: Observation) -> float:
    return sum(observation[PROJECTION_MAXIMA].values())


PLUGIN = ZeroCostProxy(
    name="head_confidence",
    version="1",
    summary="Largest outputs of the projections of attention.",
    direction=Direction.HIGHER,
    passes=(PROJECTION_MAXIMA,),
    score=_score,
)
