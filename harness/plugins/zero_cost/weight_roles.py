"""Parameters and layers by what they are used for: trivial baselines.

    params_embedding         = elements of the tables that are looked up
    params_without_embedding = elements of all other parameters
    params_attention         = elements of attention's weights and their biases
    params_feed_forward      = elements of feed-forward weights and their biases
    layers_convolution, layers_attention, layers_feed_forward = number of these weights

Definitions of this package. "Parameters" of a language model are five numbers, of which `params` is
the total; what each knows of its perplexity differs much (LiteTransformerSearch, NeurIPS 2022).
What a weight is used for is seen as it runs (`harness.passes.weight_matrices`): attention's weights
make what it multiplies or read what it returns; feed-forward ones are other linear operators with
an activation between two of them. A table that serves the output too is an embedding; projections
of embeddings, norms and plain parameters that are added, such as those of positions in a vision
transformer, are none of these. For GPT-2 the numbers of attention and of feed-forward parts are
those that are published.

A network without any such weight is unsupported.
"""

from __future__ import annotations

from collections.abc import Callable

from harness.passes.network_errors import require
from harness.passes.observation import Observation
from harness.passes.subject import NETWORK
from harness.passes.weight_matrices import WEIGHT_MATRICES, WeightRole
from harness.plugin import Direction, ZeroCostProxy

__all__ = ["PLUGINS"]


def _embedding(observation: Observation) -> float:
    network = observation[NETWORK]
    tables = require(observation[WEIGHT_MATRICES].embeddings or None, network, "embedding")
    return float(sum(_sizes(observation)[name] for name in tables))


def _without_embedding(observation: Observation) -> float:
    tables = observation[WEIGHT_MATRICES].embeddings
    return float(sum(size for name, size in _sizes(observation).items() if name not in tables))


def _parameters(role: WeightRole) -> Callable[[Observation], float]:
    def count(observation: Observation) -> float:
        names = observation[WEIGHT_MATRICES].parameters_of([role])
        require(names or None, observation[NETWORK], f"{role.replace('_', '-')} weight")
        return float(sum(_sizes(observation)[name] for name in names))

    return count


def _layers(role: WeightRole) -> Callable[[Observation], float]:
    def count(observation: Observation) -> float:
        matrices = observation[WEIGHT_MATRICES].matrices
        number = sum(len(matrix.weights) for matrix in matrices if matrix.role == role)
        what = f"{role.replace('_', '-')} weight"
        return float(require(number or None, observation[NETWORK], what))

    return count


def _sizes(observation: Observation) -> dict[str, int]:
    return {name: own.numel() for name, own in observation[NETWORK].named_parameters()}


_COUNTS: dict[str, tuple[str, Callable[[Observation], float]]] = {
    "params_embedding": ("Number of parameters that are looked up.", _embedding),
    "params_without_embedding": (
        "Number of parameters but those that are looked up.",
        _without_embedding,
    ),
    "params_attention": ("Number of parameters of attention.", _parameters("attention")),
    "params_feed_forward": (
        "Number of parameters of feed-forward parts.",
        _parameters("feed_forward"),
    ),
    "layers_convolution": ("Number of convolutions.", _layers("convolution")),
    "layers_attention": ("Number of weights of attention.", _layers("attention")),
    "layers_feed_forward": ("Number of weights of feed-forward parts.", _layers("feed_forward")),
}

PLUGINS = tuple(
    ZeroCostProxy(
        name=name,
        version="1",
        summary=summary,
        direction=Direction.HIGHER,
        passes=(NETWORK, WEIGHT_MATRICES),
        score=score,
    )
    for name, (summary, score) in _COUNTS.items()
)
