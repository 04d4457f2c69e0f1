#!/usr/bin/env bash
# pynauty 2.8.8.1
#
# `certificate` of a graph with a colouring of its vertices is the canonical matrix of its edges
# alone, in the order of the colours: graphs whose colours are distributed otherwise have one
# certificate although `isomorphic` says that they are different. `isomorphic` compares the sizes of
# the colours first, and its docstring and that of `certificate` say nothing of it. One would
# expect equal certificates to mean isomorphic graphs, as they do without colours.
#
# Cells with operations on nodes, such as NAS-Bench-101's, are such graphs. Whoever counts or merges
# them by their certificates takes a chain of three convolutions and a chain of three pools for
# one: the 27 chains of three of three operations, no two isomorphic, have 6 certificates.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check pynauty==2.8.8.1

cd "$folder"
"$folder/venv/bin/python" - <<'PYTHON'
import itertools

import pynauty

OPERATIONS = ("conv3x3", "conv1x1", "pool")
LENGTH = 3


def chain(operations):
    """Return the graph input, operations, output with one colour for each kind of vertex."""
    inner = [
        {vertex for vertex, name in enumerate(operations, start=1) if name == operation}
        for operation in OPERATIONS
    ]
    edges = {vertex: [vertex + 1] for vertex in range(LENGTH + 1)}
    return pynauty.Graph(
        LENGTH + 2,
        directed=True,
        adjacency_dict=edges,
        vertex_coloring=[{0}, {LENGTH + 1}, *inner],
    )


chains = [chain(operations) for operations in itertools.product(OPERATIONS, repeat=LENGTH)]
certificates = {pynauty.certificate(graph) for graph in chains}
isomorphic = sum(pynauty.isomorphic(*pair) for pair in itertools.combinations(chains, 2))
convolutions, pools = chain(["conv3x3"] * LENGTH), chain(["pool"] * LENGTH)
same = pynauty.certificate(convolutions) == pynauty.certificate(pools)
print(f"chains: {len(chains)}, isomorphic pairs: {isomorphic}, certificates: {len(certificates)}")
print(f"three convolutions and three pools: isomorphic {pynauty.isomorphic(convolutions, pools)}, "
      f"one certificate {same}")
assert (len(chains), isomorphic, len(certificates)) == (27, 0, 6)
assert same
PYTHON
