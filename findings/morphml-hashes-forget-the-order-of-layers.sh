#!/usr/bin/env bash
# morphml 1.0.0
#
# `ModelGraph.hash`, "used for deduplication and caching", is of the sorted layers and of the operations at
# both ends of each edge: which of several convolutions comes first, or takes a skip connection, is not in
# it. Networks of 16, 32 and 64 filters have one hash in each order; the 3,125 chains of five convolutions
# with five widths have 126. `RandomSearch` skips as duplicates what it has not seen, and the diversity of a
# population counts them as one. `estimate_parameters` knows no order either: a convolution whose inputs
# are not named has three of them, whatever lies before it.
#
# `compare_architectures`, the call that its documentation begins with, is an AttributeError.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check numpy==1.26.4 networkx==3.6.1 rich==15.0.0
# without what its searches and its command line ask for
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps morphml==1.0.0

cd "$folder"
"$folder/venv/bin/python" -W ignore - <<'PYTHON'
from itertools import product

from morphml.core.graph import GraphEdge, GraphNode, ModelGraph
from morphml.utils.comparison import compare_architectures


def chain(*widths, skip=None):
    """Convolutions in a row, and a connection that skips one of them."""
    graph = ModelGraph()
    nodes = [GraphNode.create("input")]
    nodes += [GraphNode.create("conv2d", {"filters": width, "kernel_size": 3}) for width in widths]
    nodes.append(GraphNode.create("output"))
    for node in nodes:
        graph.add_node(node)
    for source, target in zip(nodes, nodes[1:]):
        graph.add_edge(GraphEdge(source, target))
    if skip is not None:
        graph.add_edge(GraphEdge(nodes[skip], nodes[skip + 2]))
    return graph


def parameters(widths):
    """Weights of the convolutions on images of three channels."""
    return sum(9 * inputs * outputs for inputs, outputs in zip((3, *widths), widths))


rising, falling = chain(16, 32, 64), chain(64, 32, 16)
print("16, 32, 64 and 64, 32, 16 filters: one hash", rising.hash() == falling.hash())
print("a skip of the second or the third of four: one hash", end=" ")
print(chain(16, 32, 64, 64, skip=1).hash() == chain(16, 32, 64, 64, skip=2).hash())
assert rising.hash() == falling.hash() != chain(16, 32, 32).hash()
assert chain(16, 32, 64, 64, skip=1).hash() == chain(16, 32, 64, 64, skip=2).hash()
chains = list(product((8, 16, 32, 64, 128), repeat=5))
hashes = {chain(*widths).hash() for widths in chains}
print(f"{len(chains)} chains of five convolutions: {len(hashes)} hashes")
assert len(chains) == 3125 and len(hashes) == 126

for graph, widths in ((rising, (16, 32, 64)), (falling, (64, 32, 16))):
    print(f"{widths}: {graph.estimate_parameters():,} parameters estimated of {parameters(widths):,}")
    assert graph.estimate_parameters() == 9 * 3 * sum(widths) < parameters(widths) / 5
try:
    compare_architectures([rising, falling])
    raise SystemExit("architectures are compared")
except AttributeError as error:
    print("compare_architectures:", error)
PYTHON
