"""Any torch module as a computation graph."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from harness.computation_graphs.graph import ATTRIBUTES, ComputationGraph
from harness.computation_graphs.operator import Operator
from harness.computation_graphs.simplification import simplify

if TYPE_CHECKING:
    from torch import nn

    from harness.computation_graphs.tracing import Example, HasDataset
    from harness.core.architecture import Architecture

__all__ = ["graph_of", "graph_of_architecture"]


def graph_of(module: nn.Module, example: Example) -> ComputationGraph:
    """Trace a module and simplify what was traced.

    Args:
        module: Any module; it is left as it was.
        example: A tensor, several by position or by name, or the shape of one sample without the
            batch, such as channels, height and width.

    Returns:
        The graph; what is taken out of it says `harness.computation_graphs.simplification`.

    Raises:
        DataError: The module cannot be traced, for one because control flow depends on values.
    """
    from harness.computation_graphs.tracing import operators_of

    return _in_arrays(simplify(operators_of(module, example)))


def graph_of_architecture(space: HasDataset, architecture: Architecture) -> ComputationGraph:
    """Build and trace the network of an architecture of a space.

    Raises:
        UsageError: The space does not know the architecture.
        DataError: The network cannot be traced.
    """
    from harness.computation_graphs.tracing import operators_of_architecture

    return _in_arrays(simplify(operators_of_architecture(space, architecture)))


def _in_arrays(operators: Sequence[Operator]) -> ComputationGraph:
    edges = sorted(
        {
            (source, target)
            for target, operator in enumerate(operators)
            for source in operator.inputs
        }
    )
    attributes = np.array([_attributes(operator) for operator in operators], dtype=np.int64)
    return ComputationGraph(
        kinds=np.array([int(operator.kind) for operator in operators], dtype=np.int64),
        attributes=attributes.reshape(len(operators), len(ATTRIBUTES)),
        edges=np.array(edges, dtype=np.int64).reshape(len(edges), 2),
    )


def _attributes(operator: Operator) -> tuple[int, ...]:
    return (
        *operator.size_in,
        *operator.size_out,
        *operator.window,
        int(operator.bias),
        operator.weights,
        operator.activation_before,
        int(operator.normed),
        operator.activation_after,
        operator.times,
    )
