"""Cell graphs whose operators are sentences, so that one network reads the cells of every space."""

from harness.text_graphs.arrays import GraphArrays, graph_arrays
from harness.text_graphs.descriptions import DESCRIPTIONS, EXPLANATIONS, describe, explain
from harness.text_graphs.form import Form, Readout
from harness.text_graphs.vectors import WIDTH, sentence_vectors
from harness.text_graphs.words import Words, operator_vectors

__all__ = [
    "DESCRIPTIONS",
    "EXPLANATIONS",
    "WIDTH",
    "Form",
    "GraphArrays",
    "Readout",
    "Words",
    "describe",
    "explain",
    "graph_arrays",
    "operator_vectors",
    "sentence_vectors",
]
