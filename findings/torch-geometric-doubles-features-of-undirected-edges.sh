#!/usr/bin/env bash
# torch_geometric 2.8.1, torch 2.13.0
#
# `ToUndirected` and `to_undirected` add up features of edges that lie on each other. Of a graph that is
# undirected already that is every edge beside its own reverse: its features and weights double with each
# call, 1, 2, 4, 8, where the edges stay the same ones. `is_undirected` is true from the first call on.
# One would expect an undirected graph to stay as it is.
#
# In the cells of NAS-Bench-201 and DARTS the operations lie on the edges: of a one-hot operation becomes
# another encoding, and graphs that came through the transform twice, as through `pre_transform` and
# `transform`, do not fit those that came through it once. `reduce="mean"` leaves them.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check \
  torch_geometric==2.8.1 torch==2.13.0 numpy==2.4.6

cd "$folder"
"$folder/venv/bin/python" -W ignore - <<'PYTHON'
import torch
from torch_geometric.data import Data
from torch_geometric.transforms import ToUndirected
from torch_geometric.utils import to_undirected

edges = torch.tensor([[0, 0, 1, 0, 1, 2], [1, 2, 2, 3, 3, 3]])
operations = torch.nn.functional.one_hot(torch.tensor([0, 3, 1, 4, 3, 2]), 5).float()
for reduce, expected in (("add", [1.0, 2.0, 4.0, 8.0]), ("mean", [1.0, 1.0, 1.0, 1.0])):
    cell = Data(edge_index=edges, edge_attr=operations, edge_weight=torch.ones(6), num_nodes=4)
    largest, weights = [], []
    for _ in range(4):
        cell = ToUndirected(reduce=reduce)(cell)
        assert cell.is_undirected() and cell.num_edges == 12
        largest.append(float(cell.edge_attr.max()))
        weights.append(float(cell.edge_weight.max()))
    print(f'reduce="{reduce}", four calls: one-hot operations', *largest, "weights of edges", *weights)
    assert largest == weights == expected
assert all(ToUndirected()(Data(edge_index=edges, edge_attr=operations)).edge_attr.sum(1) == 1)

once = to_undirected(edges, operations)
twice = to_undirected(*once)
print("to_undirected: sums of operations", once[1].sum(1).unique().tolist(), "then", twice[1].sum(1).unique().tolist())
assert torch.equal(once[0], twice[0]) and torch.equal(2 * once[1], twice[1])
PYTHON
