#!/usr/bin/env bash
# networkx 3.6.1
#
# Since 3.5 weisfeiler_lehman_graph_hash is documented to distinguish incoming from outgoing edges.
# With `edge_attr` it does not: a chain of two edges, two edges into one node and two edges out of
# one node, all labelled alike, have one hash. Without `edge_attr` they have three. "s_" for
# successors and "p_" for predecessors are prefixed only where edges have no labels.
#
# Cells of NAS-Bench-201 are directed graphs with an operation on each edge. All 15,625 of them, with
# all six edges, are different graphs; they have 13,022 hashes. Who finds duplicates by the hash, or
# keeps scores under it, mixes networks of different accuracy.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check networkx==3.6.1

cd "$folder"
"$folder/venv/bin/python" -W ignore - <<'PYTHON'
import itertools

import networkx

SHAPES = {
    "chain": [(0, 1), (1, 2)],
    "into one node": [(0, 1), (2, 1)],
    "out of one node": [(1, 0), (1, 2)],
}
hashes = {None: [], "operation": []}
for shape, edges in SHAPES.items():
    graph = networkx.DiGraph()
    graph.add_edges_from(edges, operation="conv")
    for label, seen in hashes.items():
        seen.append(networkx.weisfeiler_lehman_graph_hash(graph, edge_attr=label))
    print(f"{shape}: {hashes[None][-1][:8]} without edge_attr, {hashes['operation'][-1][:8]} with it")
assert len(set(hashes[None])) == 3
assert len(set(hashes["operation"])) == 1

OPERATIONS = ("none", "skip_connect", "nor_conv_1x1", "nor_conv_3x3", "avg_pool_3x3")
EDGES = ((0, 1), (0, 2), (1, 2), (0, 3), (1, 3), (2, 3))
cells = list(itertools.product(OPERATIONS, repeat=len(EDGES)))
seen = set()
for cell in cells:
    graph = networkx.DiGraph()
    graph.add_edges_from(
        (*edge, {"operation": operation}) for edge, operation in zip(EDGES, cell, strict=True)
    )
    seen.add(networkx.weisfeiler_lehman_graph_hash(graph, edge_attr="operation"))
print(f"cells of NAS-Bench-201: {len(cells)}, hashes: {len(seen)}")
assert (len(cells), len(seen)) == (15625, 13022)
PYTHON
