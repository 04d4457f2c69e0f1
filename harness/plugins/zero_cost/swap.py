"""SWAP: the number of different activation patterns of units over the batch.

    score = number of distinct columns of the matrix (images x units) of ReLU activation patterns

Reference: Peng, Song, Fayek, Ciesielski, Chang: SWAP-NAS: Sample-Wise Activation Patterns for
Ultra-fast NAS, ICLR 2024. Units of all ReLUs on feature maps count, as in the release, which takes
those of four dimensions; here those of signals, volumes and sequences count too, and a ReLU may be
a function. It is the form without regularisation, for which see `swap_reg`. Deviation: the network
as it is trained, where the release scores one reduction cell of each genotype, 3 channels wide,
over 32 draws: its published correlation on DARTS is that of such cells. GELU, SiLU and leaky
forms have no pattern of on and off: without any ReLU a network is unsupported.
"""

from __future__ import annotations

from harness.passes.activation_patterns import ACTIVATION_PATTERNS
from harness.passes.observation import Observation
from harness.plugin import Direction, Reference, ZeroCostProxy

__all__ = ["PLUGIN"]


def _score(observation: Observation) -> float:
    return float(observation[ACTIVATION_PATTERNS])


PLUGIN = ZeroCostProxy(
    name="swap",
    version="1",
    summary="Number of distinct sample-wise activation patterns.",
    direction=Direction.HIGHER,
    passes=(ACTIVATION_PATTERNS,),
    score=_score,
    references=(
        Reference(
            metric="spearman",
            value=0.93,
            tolerance=0.05,
            task="darts-cifar10-validation",
            population="task:darts-cifar10-validation",
            batch=16,
            source="Peng et al. 2026 (arXiv 2605.07378), abstract",
        ),
    ),
)
