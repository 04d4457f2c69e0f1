#!/usr/bin/env bash
# grakel 0.1.11
#
# `WeisfeilerLehman`, `WeisfeilerLehmanOptimalAssignment` and `ShortestPath` take graphs with labels of edges and do not
# read them: cells of NAS-Bench-201, whose operations are the edges, are all one, with a similarity of 1.0 to each
# other, so that a Gaussian process predicts one accuracy. Written with the operations as nodes the same cells
# differ. `EdgeHistogram` reads the labels and not where they are.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check \
  grakel==0.1.11 scikit-learn==1.9.1 numpy==2.4.6

cd "$folder"
"$folder/venv/bin/python" -W ignore - <<'PYTHON'
import numpy as np
from grakel import Graph
from grakel.kernels import (
    EdgeHistogram,
    ShortestPath,
    VertexHistogram,
    WeisfeilerLehman,
    WeisfeilerLehmanOptimalAssignment,
)

OPERATIONS = ("none", "skip_connect", "nor_conv_1x1", "nor_conv_3x3", "avg_pool_3x3")
EDGES = [(0, 1), (0, 2), (1, 2), (0, 3), (1, 3), (2, 3)]
generator = np.random.default_rng(0)
cells = {tuple(cell) for cell in generator.choice(OPERATIONS, (40, 6)).tolist()}


def operations_as_edges(cell):
    """Four nodes of one label; the operations are labels of the six edges."""
    return Graph(
        dict.fromkeys(EDGES, 1), node_labels=dict.fromkeys(range(4), "sum"), edge_labels=dict(zip(EDGES, cell, strict=True))
    )


def operations_as_nodes(cell):
    """Six nodes, one an operation; an edge where one reads what the other returns."""
    reads = {(i, j): 1 for i, a in enumerate(EDGES) for j, b in enumerate(EDGES) if a[1] == b[0]}
    return Graph(reads, node_labels=dict(enumerate(cell)))


KERNELS = {
    "WeisfeilerLehman": lambda: WeisfeilerLehman(n_iter=3, normalize=True, base_graph_kernel=VertexHistogram),
    "WeisfeilerLehmanOptimalAssignment": lambda: WeisfeilerLehmanOptimalAssignment(n_iter=3, normalize=True),
    "ShortestPath": lambda: ShortestPath(normalize=True),
}
for name, kernel in KERNELS.items():
    edges = kernel().fit_transform([operations_as_edges(cell) for cell in cells])
    nodes = kernel().fit_transform([operations_as_nodes(cell) for cell in cells])
    rows = len(np.unique(nodes.round(9), axis=0))
    print(f"{name}, {len(cells)} cells: similarities {edges.min():.2f} to {edges.max():.2f}, as nodes from {nodes.min():.2f}")
    assert np.allclose(edges, 1.0) and nodes.min() < 0.5 and rows > 0.9 * len(cells)

first = ("nor_conv_3x3", "none", "none", "none", "none", "skip_connect")
moved = first[::-1]
histogram = EdgeHistogram(normalize=True).fit_transform([operations_as_edges(cell) for cell in (first, moved)])
assert np.allclose(histogram, 1.0)
PYTHON
