"""Cell graphs whose operators are sentences, so that one network reads the cells of every space."""

from harness.text_graphs.descriptions import DESCRIPTIONS, describe
from harness.text_graphs.network import Form, Readout, TextGraphNetwork
from harness.text_graphs.tensors import GraphTensors, graph_tensors
from harness.text_graphs.vectors import WIDTH, sentence_vectors

__all__ = [
    "DESCRIPTIONS",
    "WIDTH",
    "Form",
    "GraphTensors",
    "Readout",
    "TextGraphNetwork",
    "describe",
    "graph_tensors",
    "sentence_vectors",
]
