"""Differential evolution over numbers from 0 to 1, each of which stands for a decision.

Algorithm 1 of TG-NAS (Qiao, Xu, Huang 2024, arXiv 2404.00271), second search. Equal parts of 0 to 1
stand for the operations of an edge. Neither paper nor release gives the size of the population,
the factor of mutation, the rate of crossover or the number of generations: here they are 40, 0.5,
0.9 and 100, with a random base vector (``rand1bin`` of scipy, after Storn and Price 1997).
"""

from __future__ import annotations

import numpy as np

from harness.architecture_search.scorer import Scorer
from harness.core.architecture import Architecture
from harness.core.identity import derived_seed
from harness.metrics.values import FloatArray
from harness.spaces.decisions import Genes

__all__ = ["evolve"]

_POPULATION = 40
_FACTOR = 0.5
_CROSSOVER = 0.9
_GENERATIONS = 100


def evolve(decisions: Genes, scorer: Scorer, seed: int) -> Architecture:
    """Return the architecture of the highest score that was met; none is scored twice."""
    from scipy.optimize import Bounds, differential_evolution

    known: dict[Architecture, float] = {}

    def losses(columns: FloatArray) -> FloatArray:
        met = [decisions.decoded(genes) for genes in columns.T]
        new = [genes for genes in dict.fromkeys(met) if genes not in known]
        if new:
            scores = scorer.architectures(new)
            known.update(zip(new, scores.tolist(), strict=True))
        return -np.array([known[genes] for genes in met])

    generator = np.random.default_rng(derived_seed(seed, "search", "differential_evolution"))
    differential_evolution(
        losses,
        Bounds(np.zeros(decisions.genes), np.ones(decisions.genes)),
        strategy="rand1bin",
        maxiter=_GENERATIONS,
        mutation=_FACTOR,
        recombination=_CROSSOVER,
        tol=0.0,
        rng=generator,
        polish=False,
        init=generator.random((_POPULATION, decisions.genes)),
        updating="deferred",
        vectorized=True,
    )
    return max(known, key=lambda genes: known[genes])
