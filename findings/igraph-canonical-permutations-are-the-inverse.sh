#!/usr/bin/env bash
# igraph 1.0.0, and 0.11.9 for comparison
#
# `Graph.canonical_permutation` says that element v of its result is the place to which vertex v goes, and
# in 0.11.9 it is. In 1.0.0 it is the reverse, the vertex that comes to place v: `permute_vertices` and
# it were turned round together, the documentation of one was not. The edges that `permute_vertices`
# gives stay canonical; operations that a program moves by the list itself get to the wrong nodes.
#
# Keys of cells that hold edges and operations, to find duplicates in a search space, are then many for
# one cell: of the 120 orders in which the five nodes of a cell can be numbered come 60 keys in place of
# 1. Keys stored with an older version are not found again.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cat >"$folder/keys.py" <<'PYTHON'
from itertools import permutations

import igraph

OPERATIONS = ("input", "conv3x3", "maxpool", "conv1x1", "output")
EDGES = ((0, 1), (0, 2), (1, 3), (2, 3), (3, 4), (0, 4))


def keys(operations, edges):
    graph = igraph.Graph(n=len(operations), edges=edges, directed=True)
    colours = [OPERATIONS.index(operation) for operation in operations]
    places = graph.canonical_permutation(color=colours)
    moved, taken = [""] * len(places), [""] * len(places)
    for vertex, place in enumerate(places):
        moved[place] = operations[vertex]  # as documented
        taken[vertex] = operations[place]  # the reverse
    canonical = tuple(sorted(graph.permute_vertices(places).get_edgelist()))
    return (canonical, tuple(moved)), (canonical, tuple(taken)), canonical


found = [set(), set(), set()]
for order in permutations(range(5)):
    operations = [""] * 5
    for node, number in enumerate(order):
        operations[number] = OPERATIONS[node]
    edges = [(order[start], order[end]) for start, end in EDGES]
    for known, key in zip(found, keys(operations, edges)):
        known.add(key)
documented, reverse, canonical = map(len, found)
print(f"igraph {igraph.__version__}: one cell has {documented} keys as documented, {reverse} by the reverse")
says = " ".join(igraph.Graph.canonical_permutation.__doc__.split())
assert "Vertex 0 in the original graph will be mapped to an ID contained in the first element" in says
assert canonical == 1
assert (documented, reverse) == ((60, 1) if igraph.__version__ == "1.0.0" else (1, 60))
PYTHON

for version in 0.11.9 1.0.0; do
  python3 -m venv "$folder/$version"
  "$folder/$version/bin/python" -m pip install --quiet --disable-pip-version-check "igraph==$version"
  "$folder/$version/bin/python" "$folder/keys.py"
done
