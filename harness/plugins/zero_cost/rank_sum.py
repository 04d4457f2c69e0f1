"""Rank sum of nwot, jacov and synflow.

    score = rank by nwot + rank by jacov + rank by synflow

over the population; ties share the mean rank. It is the simplest combination there is, for others
to be compared with: one proxy of activations, one of input gradients, one of weights, each the
first of its kind in the tables of NAS-Bench-Suite-Zero (Krishnakumar et al., NeurIPS 2022). No
published value. Sums of other proxies are made by `harness.plugins.ensembles.rank_sum_of`.
"""

from __future__ import annotations

from harness.plugins.ensembles import rank_sum_of
from harness.plugins.zero_cost import jacov, nwot, synflow

__all__ = ["PLUGIN"]

PLUGIN = rank_sum_of(
    "rank_sum",
    nwot.PLUGIN,
    jacov.PLUGIN,
    synflow.PLUGIN,
    version="1",
    summary="Sum of the ranks by nwot, jacov and synflow.",
)
