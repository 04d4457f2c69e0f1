#!/usr/bin/env bash
# wwl 0.1.2, POT 0.9.7.post1, igraph 1.0.0, scikit-learn 1.9.1, numpy 2.4.6
#
# The Wasserstein Weisfeiler-Lehman kernel of two graphs is exp(-gamma times their distance). `wwl` takes the rows of the
# matrix of distances for points instead, and compares how far each graph is from all others: the same two cells have
# a kernel of 0.43 by the distance, 0.19 alone, 0.17 beside a third cell and 0.10 beside eight copies of it. A kernel
# between labelled and new architectures changes with each further candidate.
# Edges of directed graphs have no direction: a chain of operations and its reverse are at a distance of 0.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check \
  wwl==0.1.2 POT==0.9.7.post1 igraph==1.0.0 python-igraph==1.0.0 scikit-learn==1.9.1 numpy==2.4.6

cd "$folder"
"$folder/venv/bin/python" -W ignore - <<'PYTHON'
import contextlib
import io

import igraph
import numpy as np
from wwl import pairwise_wasserstein_distance, wwl


def chain(*operations):
    graph = igraph.Graph(n=3, edges=[(0, 1), (1, 2)], directed=True)
    graph.vs["label"] = operations
    return graph


def quietly(function, graphs, **arguments):
    with contextlib.redirect_stdout(io.StringIO()):
        return function(graphs, **arguments)


first, second, third = chain("conv", "pool", "skip"), chain("conv", "conv", "skip"), chain("pool", "pool", "pool")
distance = quietly(pairwise_wasserstein_distance, [first, second])[0, 1]
right = np.exp(-distance)
print(f"distance {distance:.3f}, kernel by definition {right:.3f}")

kernels = [quietly(wwl, [first, second] + others, gamma=1.0)[0, 1] for others in ([], [third], [third] * 8)]
print("kernel alone, beside a third cell and beside eight copies of it:", " ".join(f"{k:.3f}" for k in kernels))
assert kernels[0] > kernels[1] > kernels[2] and abs(kernels[0] - right**2) < 1e-9

distances = [
    quietly(pairwise_wasserstein_distance, [first, second] + others)[0, 1] for others in ([], [third], [third] * 8)
]
assert np.allclose(distances, distance)  # the distance is theirs alone
assert quietly(pairwise_wasserstein_distance, [first, chain("skip", "pool", "conv")])[0, 1] == 0
PYTHON
