"""VKDNW, aggregated form: Fisher information with jacov, expressivity, trainability and FLOPs.

    score = sum over the five of log(rank / n)

over the population. The first is the rank by the number of parameter tensors, then by the entropy
of the Fisher information (see `vkdnw`), without gaps; jacov is as in `jacov`, expressivity and
trainability are as in `az_nas`; ties of the last four share the mean rank.

Reference: Tybl, Neumann: Training-free Neural Architecture Search through Variance of Knowledge of
Deep Network Weights, CVPR 2025; the aggregation is that of the notebooks in the history of its
repository. Deviations: jacov sees the weights the space initialises, where the release draws
Kaiming's; an architecture for which one of the five is not finite has no score, where the release
gives it the lowest rank; otherwise those of `vkdnw` and `az_nas`.

Outside of convolutional networks each part means what `vkdnw`, `jacov`, `az_nas` and `flops` say.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from harness.core.aggregation import dense_ranks, sum_of_log_ranks
from harness.passes.cells import EXPRESSIVITY, TRAINABILITY
from harness.passes.fisher_information import FISHER_SPECTRUM
from harness.passes.observation import Observation
from harness.passes.structure import STRUCTURE
from harness.plugin import Direction, Reference, Stability, ZeroCostProxy
from harness.plugins.ensembles import components_of
from harness.plugins.zero_cost import jacov
from harness.plugins.zero_cost.vkdnw import decile_entropy

if TYPE_CHECKING:
    from harness.core.aggregation import Scores

__all__ = ["PLUGIN"]

_AVERAGED = ("jacov.score", "expressivity", "trainability", "flops")


def _score(observation: Observation) -> dict[str, float]:
    structure = observation[STRUCTURE]
    return {
        "tensors": float(structure.tensors),
        "entropy": decile_entropy(observation[FISHER_SPECTRUM]),
        **components_of(jacov.PLUGIN, observation),
        "expressivity": sum(observation[EXPRESSIVITY]),
        "trainability": float(np.mean(observation[TRAINABILITY])),
        "flops": float(structure.flops),
    }


def _aggregate(components: Mapping[str, Scores]) -> Scores:
    ranks = dense_ranks(components["tensors"], components["entropy"])
    averaged = sum_of_log_ranks([components[name] for name in _AVERAGED])
    scores: Scores = averaged + np.log(ranks / len(ranks))
    return scores


PLUGIN = ZeroCostProxy(
    name="vkdnw_agg",
    version="1",
    summary="Ranks by vkdnw, jacov, expressivity, trainability and FLOPs.",
    direction=Direction.HIGHER,
    passes=(STRUCTURE, FISHER_SPECTRUM, EXPRESSIVITY, TRAINABILITY, *jacov.PLUGIN.passes),
    score=_score,
    stability=Stability(score=0.005, spearman=0.002),
    components=("tensors", "entropy", *_AVERAGED),
    aggregate=_aggregate,
    references=(
        Reference(
            metric="spearman",
            value=0.919,
            tolerance=0.05,
            task="nb201-cifar10-validation-connected",
            population="no-unreachable",
            batch=64,
            source="VKDNW (CVPR 2025), Table 1",
        ),
    ),
)
