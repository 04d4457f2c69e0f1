"""SWAP: the number of different activation patterns of units over the batch.

    score = number of distinct columns of the matrix (samples x units) of activation patterns

A unit is on where its activation function returns a positive number.

Reference: Peng, Song, Fayek, Ciesielski, Chang: SWAP-NAS: Sample-Wise Activation Patterns for
Ultra-fast NAS, ICLR 2024, which counts units of ReLUs; and the same authors: Zero-Shot Neural
Network Evaluation with Sample-Wise Activation Patterns, IEEE TPAMI 2026 (arXiv 2605.07378), which
counts signs of ReLU, GELU and SiLU. Here units of every activation function on feature maps count,
of images, signals, volumes and sequences, and it may be called as a function: the release does not
see sigmoid, tanh, leaky and other forms. It is the form without regularisation, for which see
`swap_reg`. Deviation: the network as it is trained, where the release scores one reduction cell of
each genotype, 3 channels wide, over 32 draws: its published correlation on DARTS is that of such
cells. On FlexiBERT the release reads 128 texts of OpenWebText, padded to the longest.

n samples have at most 2**n patterns: with 16 a network of millions of units has nearly all of
them, and its score says little.
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
    version="2",
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
        Reference(
            metric="spearman",
            value=0.71,
            tolerance=0.05,
            task="flexibert-glue",
            population="task:flexibert-glue",
            batch=128,
            source="Peng et al. 2026 (arXiv 2605.07378), abstract",
        ),
    ),
)
