"""The graph of an architecture whose space gives none: the operators of its traced network."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from harness.computation_graphs.graph import ComputationGraph
from harness.computation_graphs.kinds import Kind
from harness.computation_graphs.tracer import graph_of
from harness.core.architecture import Architecture, CellGraph, Space
from harness.core.errors import HarnessError
from harness.isolation import isolated_generators

if TYPE_CHECKING:
    from torch import nn

__all__ = ["traced_cell"]

_KEPT = 4096
"""Graphs in memory; one more costs a few kilobytes, one less a trace."""


@functools.lru_cache(maxsize=_KEPT)
def traced_cell(space: Space, architecture: Architecture) -> CellGraph:
    """Build and trace a network, and return its operators as the nodes of a cell.

    Operators have the names of their kinds in small letters, with the kernel where they have one:
    ``convolution_3x3``. Where a node stands for several equal operators in a row, these are there
    one by one. What carries nothing is ``none``.

    Raises:
        DataError: The network cannot be traced.
    """
    import torch

    dataset = space.dataset
    tokens = torch.zeros((1, *dataset.shape), dtype=torch.int64)
    example = tokens if dataset.inputs == "tokens" else dataset.shape
    return _cell(graph_of(_built(space, architecture), example))


def _built(space: Space, architecture: Architecture) -> nn.Module:
    """Build a network without storage, or where its author needs numbers, with them."""
    import torch

    from harness.computation_graphs.tracing import Built

    with isolated_generators(0, torch.device("cpu")):
        try:
            with Built():
                return space.network(architecture, space.dataset)
        except HarnessError:
            return space.network(architecture, space.dataset)


def _cell(graph: ComputationGraph) -> CellGraph:
    operations: list[str] = []
    first: list[int] = []
    edges: list[tuple[int, int]] = []
    windows = zip(graph.column("kernel_height"), graph.column("kernel_width"), strict=True)
    for kind, (height, width), count in zip(
        graph.named(), windows, graph.column("count"), strict=True
    ):
        first.append(len(operations))
        operations += [_name(kind, int(height), int(width))] * max(1, int(count))
        edges += [(node, node + 1) for node in range(first[-1], len(operations) - 1)]
    last = [*(node - 1 for node in first[1:]), len(operations) - 1]
    edges += [(last[source], first[target]) for source, target in graph.edges.tolist()]
    return CellGraph(operations=tuple(operations), edges=tuple(sorted(set(edges))))


def _name(kind: Kind, height: int, width: int) -> str:
    if kind is Kind.ZERO:
        return "none"
    name = kind.name.lower()
    return f"{name}_{height}x{width}" if height and width else name
