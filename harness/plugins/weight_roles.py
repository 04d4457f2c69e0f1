"""Parameters and layers by what they are used for: trivial baselines, one plugin each.

What a weight is used for is seen as it runs (`harness.passes.weight_matrices`): attention's weights
make what it multiplies or read what it returns; feed-forward ones are other linear operators with
an activation between two of them. A table that serves the output too is an embedding; projections
of embeddings, norms and plain parameters that are added, such as those of positions in a vision
transformer, are none of these.
"""

from __future__ import annotations

from collections.abc import Callable

from harness.passes.network_errors import require
from harness.passes.observation import Observation
from harness.passes.subject import NETWORK
from harness.passes.weight_matrices import WEIGHT_MATRICES, WeightRole
from harness.plugin import Direction, ZeroCostProxy

__all__ = ["counting_proxy", "layers_of", "parameters_of", "sizes"]

Count = Callable[[Observation], float]


def counting_proxy(name: str, summary: str, count: Count) -> ZeroCostProxy:
    """Return the proxy whose score is a count."""
    return ZeroCostProxy(
        name=name,
        version="1",
        summary=summary,
        direction=Direction.HIGHER,
        passes=(NETWORK, WEIGHT_MATRICES),
        score=count,
    )


def parameters_of(role: WeightRole) -> Count:
    """Return a function that counts the elements of the weights of a role and of their biases."""

    def count(observation: Observation) -> float:
        names = observation[WEIGHT_MATRICES].parameters_of([role])
        require(names or None, observation[NETWORK], f"{role.replace('_', '-')} weight")
        return float(sum(sizes(observation)[name] for name in names))

    return count


def layers_of(role: WeightRole) -> Count:
    """Return a function that counts the weights of a role."""

    def count(observation: Observation) -> float:
        matrices = observation[WEIGHT_MATRICES].matrices
        number = sum(len(matrix.weights) for matrix in matrices if matrix.role == role)
        what = f"{role.replace('_', '-')} weight"
        return float(require(number or None, observation[NETWORK], what))

    return count


def sizes(observation: Observation) -> dict[str, int]:
    """Return the number of elements of each parameter."""
    return {name: own.numel() for name, own in observation[NETWORK].named_parameters()}
