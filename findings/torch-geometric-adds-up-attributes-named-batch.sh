#!/usr/bin/env bash
# torch_geometric 2.8.1, torch 2.13.0
#
# A loader adds to every tensor whose name contains "batch": each graph's value is raised by the largest
# of the graph before, plus one, and so on through the batch. The rule is meant for vectors that assign
# nodes to graphs and asks for no more than the name; fractions count as well. The documentation names
# the like for "index" and not this. `to_data_list` takes it back, so that a round trip shows nothing.
#
# Facts of architectures have such names: numbers of batch norms, batch sizes, latencies and accuracies by
# batch size. A predictor learns from values that grow along the batch and change with its order.
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
from torch_geometric.loader import DataLoader

edges = torch.tensor([[0, 1, 2], [1, 2, 3]])
FACTS = [  # accuracy, accuracy with batches of 256, batch norms, latency of a batch of 64
    (0.91, 0.90, 20, 4.5),
    (0.93, 0.92, 24, 6.1),
    (0.94, 0.93, 26, 7.2),
]
NAMES = ("accuracy", "accuracy_batch_256", "batch_norms", "latency_batch_64")
graphs = [
    Data(x=torch.ones(4, 1), edge_index=edges, **{name: torch.tensor([fact]) for name, fact in zip(NAMES, facts)})
    for facts in FACTS
]


def loaded(order):
    return next(iter(DataLoader([graphs[place] for place in order], batch_size=3)))


batch = loaded([0, 1, 2])
for name in NAMES:
    given = [round(float(graph[name]), 2) for graph in graphs]
    seen = [round(float(value), 2) for value in batch[name]]
    print(f"{name}: {given} in the graphs, {seen} in the batch")
    assert (seen == given) == (name == "accuracy")
assert batch.accuracy_batch_256.allclose(torch.tensor([0.90, 1.92, 2.93]))
assert batch.batch_norms.tolist() == [20, 20 + 1 + 24, 20 + 1 + 24 + 1 + 26]

turned = loaded([2, 1, 0])
print("batch_norms of the same graphs in the other order:", turned.batch_norms.tolist())
assert turned.batch_norms.tolist() == [26, 51, 72]
back = [int(graph.batch_norms) for graph in batch.to_data_list()]
print("batch_norms of to_data_list:", back)
assert back == [20, 24, 26]
PYTHON
