#!/usr/bin/env bash
# dnaty 2.2.1, torch 2.13.0
#
# The mutations of a trained network promise to keep what it learnt: `add_neuron` states that outputs change
# by less than 0.01 of the input. They carry the weights over and leave every batch norm of the new network
# as a fresh one, statistics and scales, also those of layers that did not change: one neuron more in one
# layer, or another operator in its place, and a network that classifies all examples right classifies six
# in ten right. With the batch norms carried over by hand it is all again. Mutations that change the number
# of layers also drop an activation: a network of tanh alone ends in a ReLU.
#
# The search trains children for a few steps and chooses operators by how they then compare with their
# parents: all that rebuild a network pay for its batch norms, `add_skip` and `prune_connections` do not.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check \
  dnaty==2.2.1 torch==2.13.0 numpy==2.4.6 scipy==1.17.1

cd "$folder"
"$folder/venv/bin/python" -W ignore - <<'PYTHON'
import numpy as np
import torch
from dnaty.core.arch import DynamicMLP
from dnaty.core.individual import Individual
from dnaty.operators.mutations import OPERATOR_FNS
from torch import nn

torch.manual_seed(0)
data = torch.randn(600, 20) * 3 + 5
classes = ((data - 5) @ torch.randn(20, 3)).argmax(1)
network = DynamicMLP([20, 32, 32, 32], ["tanh"] * 3, 3)
optimizer = torch.optim.Adam(network.parameters(), 0.01)
for _ in range(200):
    optimizer.zero_grad()
    nn.functional.cross_entropy(network(data), classes).backward()
    optimizer.step()


def accuracy(model):
    return float((model.eval()(data).argmax(1) == classes).float().mean())


def carry_over(model):
    """Copy the batch norms of the network as far as they go."""
    for old, new in zip(network.net, model.net):
        if isinstance(old, nn.BatchNorm1d):
            shared = min(old.num_features, new.num_features)
            for name in ("weight", "bias", "running_mean", "running_var"):
                getattr(new, name).data[:shared] = getattr(old, name).data[:shared]


print(f"trained: {accuracy(network):.0%} right")
assert accuracy(network) > 0.99
assert "||output_diff|| < eps * ||x||" in OPERATOR_FNS["add_neuron"].__doc__
for seed in range(3):
    np.random.seed(seed)
    torch.manual_seed(seed)
    child, _ = OPERATOR_FNS["add_neuron"](Individual(network))
    before = accuracy(child.model)
    with torch.no_grad():
        changes = (child.model(data) - network(data)).norm(dim=1) / data.norm(dim=1)
    carry_over(child.model)
    print(f"add_neuron, layers {child.model.layer_sizes}: {before:.0%} right,", end=" ")
    print(f"output changed by {changes.max():.2f} of the input; with its batch norms {accuracy(child.model):.0%}")
    assert before < 0.8 and changes.max() > 0.1 and accuracy(child.model) > 0.97

for name in ("split_layer", "duplicate_module", "merge_layers"):
    np.random.seed(0)
    child, _ = OPERATOR_FNS[name](Individual(network))
    kinds = [type(layer).__name__ for layer in child.model.net if isinstance(layer, (nn.Tanh, nn.ReLU))]
    print(f"{name} of three layers with tanh:", *kinds)
    assert kinds[-1] == "ReLU" and set(kinds[:-1]) == {"Tanh"}
PYTHON
