"""Activation distance: pairs of positions that are on the same side of zero, over all units.

    score = sum over activations, units: a^2 + (p - a)^2

a of the p positions of the batch are above zero at the unit. It is the sum of all elements of the
kernel of NASWOT with positions instead of images.

Reference: Serianni, Kalita: Training-free Neural Architecture Search for RNNs and Transformers, ACL
2023; release aaronserianni/training-free-nas, `BERT_metrics.ipynb`. Deviations: positions of the
whole batch count, where the release takes those of the first text, so that it does not matter in
which order a network has samples and positions; every activation counts, also those inside of a
feed-forward part of three matrices. The sum is of agreements, and grows with the number of units,
whatever they do.

Outside of transformers units are channels and positions pixels, as a ReLU or any other activation
returns them. A network without activations is unsupported, and so are fused recurrent layers.
"""

from __future__ import annotations

from harness.passes.activation_agreement import ACTIVATION_AGREEMENT
from harness.passes.observation import Observation
from harness.plugin import Direction, ZeroCostProxy

__all__ = ["PLUGIN"]


def _score(observation: Observation) -> float:
    return observation[ACTIVATION_AGREEMENT]


PLUGIN = ZeroCostProxy(
    name="activation_distance",
    version="1",
    summary="Pairs of positions that agree on which units are above zero.",
    direction=Direction.HIGHER,
    passes=(ACTIVATION_AGREEMENT,),
    score=_score,
)
