"""Parameters but those of embeddings: a trivial baseline.

    score = elements of all parameters but the tables that are looked up

A definition of this package. On language models it is far closer to perplexity than `params`, most
of which are a vocabulary (LiteTransformerSearch, NeurIPS 2022, counts so). Without embeddings it is
`params`.
"""

from __future__ import annotations

from harness.passes.observation import Observation
from harness.passes.weight_matrices import WEIGHT_MATRICES
from harness.plugins.weight_roles import counting_proxy, sizes

__all__ = ["PLUGIN"]


def _count(observation: Observation) -> float:
    tables = observation[WEIGHT_MATRICES].embeddings
    return float(sum(size for name, size in sizes(observation).items() if name not in tables))


PLUGIN = counting_proxy(
    "params_without_embedding", "Number of parameters but those that are looked up.", _count
)
