"""SWAP, regularised: the number of activation patterns, discounted by distance from a size.

    score = swap * exp(-((params - mu) / mu)^2),  mu = 1,531.546

params is the number of parameters in thousands, mu what the space states as its `usual_size`: in
NAS-Bench-201 that of the largest network for ten classes. A space that states none is unsupported.

Reference: Peng, Song, Fayek, Ciesielski, Chang: SWAP-NAS: Sample-Wise Activation Patterns for
Ultra-fast NAS, ICLR 2024, with the discount exp(-(params - mu)^2 / sigma); patterns are those of
`swap`. Deviation: mu and sigma are settings that its release leaves open; here both follow from the
space alone, sigma = mu^2, and nothing is fitted to accuracies, so the published 0.90 on CIFAR-100
is no reference. For another size, `regularised` makes the score function.
"""

from __future__ import annotations

import math

from harness.core.errors import UnsupportedError
from harness.passes.activation_patterns import ACTIVATION_PATTERNS
from harness.passes.observation import Observation
from harness.passes.structure import STRUCTURE
from harness.plugin import Direction, ZeroCostProxy
from harness.spaces.knowledge import why_no_usual_size

__all__ = ["PLUGIN", "regularised"]


def regularised(observation: Observation, *, mu: float, sigma: float) -> float:
    """Return the number of patterns times the discount.

    Args:
        observation: Of one network; reads `ACTIVATION_PATTERNS` and `STRUCTURE`.
        mu: Wanted size in thousands of parameters.
        sigma: How far sizes may lie from it, in thousands of parameters squared.
    """
    distance = observation[STRUCTURE].parameters / 1000 - mu
    return observation[ACTIVATION_PATTERNS] * math.exp(-(distance**2) / sigma)


def _score(observation: Observation) -> float:
    mu = observation[STRUCTURE].usual_size
    if mu is None:
        raise UnsupportedError("swap_reg needs a size to discount from, and the space states none")
    return regularised(observation, mu=mu, sigma=mu**2)


PLUGIN = ZeroCostProxy(
    name="swap_reg",
    version="2",
    summary="Number of sample-wise activation patterns, discounted by model size.",
    direction=Direction.HIGHER,
    passes=(ACTIVATION_PATTERNS, STRUCTURE),
    score=_score,
    lacks=why_no_usual_size,
)
