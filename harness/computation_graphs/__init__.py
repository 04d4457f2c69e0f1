"""Networks as graphs of primitive operators, traced from any torch module."""

from harness.computation_graphs.cell_graph import SENTENCES, cell_of, sentence_of, traced_cell
from harness.computation_graphs.graph import ATTRIBUTES, ComputationGraph
from harness.computation_graphs.kinds import Kind
from harness.computation_graphs.tracer import graph_of

__all__ = [
    "ATTRIBUTES",
    "SENTENCES",
    "ComputationGraph",
    "Kind",
    "cell_of",
    "graph_of",
    "sentence_of",
    "traced_cell",
]
