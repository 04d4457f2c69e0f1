"""The matrices of a network: their shapes, and what each of them is used for.

A convolution is a matrix of its output channels by what each of them sums, one for each group.
Projections of an attention that read one tensor, such as those of queries, keys and values, are one
matrix. What a weight is used for is seen in a forward pass with two samples: attention is a product
of two tensors that both come of weights, be it torch's own operator, ``matmul`` or ``einsum``.
Importing this module imports no torch.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

from harness.passes.network_errors import require
from harness.passes.observation import Pass, PassContext
from harness.passes.subject import NETWORK
from harness.spaces.knowledge import matrices_of

if TYPE_CHECKING:
    from torch import nn

    from harness.batches.source import Inputs
    from harness.passes.weight_flow import WeightFlow

__all__ = [
    "MATRIX_SHAPES",
    "WEIGHT_MATRICES",
    "Matrix",
    "WeightMatrices",
    "WeightRole",
    "weight_matrices",
]

WeightRole: TypeAlias = Literal["convolution", "attention", "feed_forward", "recurrent", "linear"]
"""What a weight is used for.

``attention``: it makes queries, keys or values, or reads what attention returns. ``feed_forward``:
of the other linear operators, those with an activation between two of them. ``linear``: the rest,
such as a classifier.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Matrix:
    """Equal matrices of one weight, or one matrix of several weights.

    Attributes:
        weights: Names of the parameters; several where attention reads one tensor by all of them.
        role: What it is used for.
        rows: Outputs of one matrix.
        columns: What an output sums.
        count: Number of matrices: groups of a convolution, otherwise 1.
    """

    weights: tuple[str, ...]
    role: WeightRole
    rows: int
    columns: int
    count: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class WeightMatrices:
    """What the weights of a network are used for.

    Attributes:
        matrices: Those of convolutions, linear operators, products of matrices and recurrent
            layers, in the network's order; tables of embeddings are left out.
        biases: Names of the biases that are added to the output of a weight, by its name.
        projections: Names of the weights that make what attention multiplies.
        embeddings: Names of the parameters that are looked up.
    """

    matrices: tuple[Matrix, ...]
    biases: dict[str, frozenset[str]]
    projections: frozenset[str]
    embeddings: frozenset[str]

    def parameters_of(self, roles: Iterable[WeightRole]) -> frozenset[str]:
        """Return the names of the weights of some roles and of their biases."""
        chosen = [matrix.weights for matrix in self.matrices if matrix.role in set(roles)]
        weights = frozenset[str]().union(*chosen)
        return frozenset(weights).union(*(self.biases.get(name, ()) for name in weights))


def weight_matrices(network: nn.Module, inputs: Inputs) -> WeightMatrices:
    """Return the matrices of a network.

    Args:
        network: Any.
        inputs: What it is called with; only shapes matter, and token ids.

    Raises:
        UnsupportedError: A weight is computed of several parameters.
    """
    from harness.passes.weight_flow import observed_flow

    known, flow = observed_flow(network, inputs)
    sizes = {name: parameter.numel() for name, parameter in network.named_parameters()}
    fan_in = {name: own for name, own in known.fan_in.items() if name not in flow.embeddings}
    return WeightMatrices(
        matrices=tuple(
            Matrix(
                weights=names,
                role=flow.role(names[0]),
                rows=sum(sizes[name] for name in names) // fan_in[names[0]] // count,
                columns=fan_in[names[0]],
                count=count,
            )
            for names in _fused(fan_in, flow)
            for count in (flow.groups.get(names[0], 1),)
        ),
        biases={name: frozenset(biases) for name, biases in flow.biases.items()},
        projections=frozenset(flow.projections),
        embeddings=frozenset(flow.embeddings),
    )


def _fused(fan_in: Mapping[str, int], flow: WeightFlow) -> list[tuple[str, ...]]:
    """Return the names of the weights, those together that are one matrix."""
    fused: dict[object, tuple[str, ...]] = {}
    for name in fan_in:
        read = flow.projections.get(name)
        key = name if read is None else (id(read), fan_in[name])
        fused[key] = (*fused.get(key, ()), name)
    return list(fused.values())


def _weight_matrices(context: PassContext) -> WeightMatrices:
    import torch

    network = context[NETWORK]
    with torch.random.fork_rng(devices=[]):
        seen = weight_matrices(network, context.subject.batch.inputs)
    require(seen.matrices or None, network, "weight of a convolution or linear operator")
    return seen


WEIGHT_MATRICES = Pass(name="weight_matrices", compute=_weight_matrices, requires=(NETWORK,))
"""Shapes of the matrices of a network, and what they are used for.

A convolution has a matrix a group, the projections of an attention that read one tensor are one;
a network without any weight of a convolution or linear operator is unsupported. No number of a
weight or of an image matters.

Shape: a `WeightMatrices`: rows, columns and number of each. Unit: channels, units.
"""


def _matrix_shapes(context: PassContext) -> tuple[tuple[int, int, int], ...]:
    subject = context.subject
    stated = matrices_of(subject.space, subject.architecture, subject.dataset)
    if stated is None:
        matrices = context[WEIGHT_MATRICES].matrices
        stated = [(matrix.rows, matrix.columns, matrix.count) for matrix in matrices]
    return tuple(stated)


MATRIX_SHAPES = Pass(name="matrix_shapes", compute=_matrix_shapes, requires=(WEIGHT_MATRICES,))
"""Rows, columns and number of all weight matrices, without a network where the space states them.

Shape: a tuple of three ints a weight. Unit: channels, units.
"""
