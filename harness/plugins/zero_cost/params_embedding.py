"""Parameters of embeddings: a trivial baseline.

    score = elements of the tables that are looked up

A definition of this package. Tables of tokens and of learned positions count, also one that serves
the output; their projections to the width do not, which LiteTransformerSearch counts too. A network
without embeddings is unsupported.
"""

from __future__ import annotations

from harness.passes.network_errors import require
from harness.passes.observation import Observation
from harness.passes.subject import NETWORK
from harness.passes.weight_matrices import WEIGHT_MATRICES
from harness.plugins.weight_roles import counting_proxy, sizes

__all__ = ["PLUGIN"]


def _count(observation: Observation) -> float:
    tables = observation[WEIGHT_MATRICES].embeddings
    require(tables or None, observation[NETWORK], "embedding")
    return float(sum(sizes(observation)[name] for name in tables))


PLUGIN = counting_proxy("params_embedding", "Number of parameters that are looked up.", _count)
