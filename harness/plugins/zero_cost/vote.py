"""Vote of synflow, jacov and snip: how many architectures a majority of the three ranks lower.

    score = number of architectures that it beats - number of architectures that beat it

over the population, where a beats b when more of the three prefer a than prefer b.

Reference: Abdelfattah, Mehrotra, Dudziak, Lane: Zero-Cost Proxies for Lightweight NAS, ICLR 2021.
The paper only compares pairs, and its notebook prints how often the majority agrees with the
accuracies (0.817 on CIFAR-10 test, all 15,625 cells; a Kendall correlation of about
2 * 0.817 - 1 = 0.634). A score for one architecture is this package's: a majority can run in a
circle, so that no score agrees with it on all pairs. A tie between two architectures counts for
neither, where the notebook counts it for the second.
"""

from __future__ import annotations

from harness.plugins.ensembles import vote_of
from harness.plugins.zero_cost import jacov, snip, synflow

__all__ = ["PLUGIN"]

PLUGIN = vote_of(
    "vote",
    synflow.PLUGIN,
    jacov.PLUGIN,
    snip.PLUGIN,
    version="1",
    summary="Majority vote of synflow, jacov and snip.",
)
