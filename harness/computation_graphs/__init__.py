"""Networks as graphs of primitive operators, traced from any torch module."""

from harness.computation_graphs.graph import ATTRIBUTES, ComputationGraph
from harness.computation_graphs.kinds import Kind
from harness.computation_graphs.tracer import graph_of

__all__ = ["ATTRIBUTES", "ComputationGraph", "Kind", "graph_of"]
