#!/usr/bin/env bash
# torch 2.13.0
#
# Inside one torch.autocast block a network keeps computing with the weights of its first forward pass:
# weights changed in place afterwards (by an optimiser's step, torch.nn.init, abs_ or load_state_dict)
# have no effect on its outputs until the block ends, with or without torch.no_grad, and no warning.
# autocast keeps a copy of each weight in lower precision and does not look whether it is still that of
# the weight. The documentation has an option cache_enabled ("whether the weight cache inside autocast
# should be enabled") and does not say what it means for weights that change; False gives right outputs.
#
# SynFlow, which makes all weights positive between two passes, scores of several initial weights, and
# a short training in one block measure the same network again and again.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check \
  torch==2.13.0 numpy==2.4.6

cd "$folder"
"$folder/venv/bin/python" - <<'PYTHON'
import torch
from torch import nn

torch.manual_seed(0)
images = torch.randn(8, 3, 8, 8)
CHANGES = {
    "abs_": lambda network: [weight.abs_() for weight in network.parameters()],
    "init.normal_": lambda network: [nn.init.normal_(weight) for weight in network.parameters()],
    "load_state_dict": lambda network: network.load_state_dict(make().state_dict()),
    "step of SGD": lambda network: train(network),
}


def make():
    return nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU(), nn.Flatten(), nn.Linear(144, 10))


def train(network):
    optimiser = torch.optim.SGD(network.parameters(), lr=1.0)
    with torch.enable_grad():
        network(images).square().mean().backward()
    optimiser.step()


for name, change in CHANGES.items():
    for cache in (True, False):
        network = make()
        with torch.autocast("cpu", dtype=torch.bfloat16, cache_enabled=cache):
            first = network(images).detach()
            with torch.no_grad():
                change(network)
            second = network(images).detach()
        with torch.autocast("cpu", dtype=torch.bfloat16):
            truth = network(images).detach()
        print(f"{name}, cache_enabled={cache}: outputs change {not torch.equal(first, second)}, ", end="")
        print(f"right {torch.equal(second, truth)}")
        assert torch.equal(first, second) == cache and torch.equal(second, truth) != cache
PYTHON
