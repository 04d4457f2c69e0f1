#!/usr/bin/env bash
# torch 2.13.0
#
# nn.MultiheadAttention has its output layer as a submodule, `out_proj`, and never calls it: it takes
# its weight. Hooks of that layer, forward, backward or before forward, are accepted and never run, in
# training and evaluation. torch.nn.utils.prune and torch.nn.utils.spectral_norm renew a weight in such a
# hook: the pruned layer keeps the weights of the moment it was pruned and the second step of training
# is a RuntimeError, and spectral_norm normalises nothing. The documentation does not say so; pytorch
# issue 78109 has been open since 2022.
#
# Scores of activations and counters that hook each layer see no attention's output layer, and
# transformers shrunk by pruning cannot be trained on.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check \
  torch==2.13.0 numpy==2.4.6

cd "$folder"
"$folder/venv/bin/python" -W ignore - <<'PYTHON'
import torch
from torch import nn
from torch.nn.utils import prune

torch.manual_seed(0)
tokens = torch.randn(2, 5, 16)


class Attention(nn.Module):
    def __init__(self):
        super().__init__()
        self.attention = nn.MultiheadAttention(16, 4, batch_first=True)
        self.layer = nn.Linear(16, 16)

    def forward(self, entering):
        return self.layer(self.attention(entering, entering, entering)[0])


network = Attention()
output_layer, other_layer = network.attention.out_proj, network.layer
ran = {"out_proj": set(), "layer": set()}
for name, layer in (("out_proj", output_layer), ("layer", other_layer)):
    layer.register_forward_pre_hook(lambda *_, name=name: ran[name].add("before forward"))
    layer.register_forward_hook(lambda *_, name=name: ran[name].add("forward"))
    layer.register_full_backward_hook(lambda *_, name=name: ran[name].add("backward"))
for training in (True, False):
    network.train(training)
    network(tokens).sum().backward()
assert output_layer.weight.grad.abs().sum() > 0
for name, hooks in ran.items():
    print(f"hooks that ran of {name}: {sorted(hooks)}")
assert ran == {"out_proj": set(), "layer": {"before forward", "forward", "backward"}}

def train(network):
    optimiser = torch.optim.SGD(network.parameters(), lr=0.1)
    for _ in range(2):
        network(tokens).square().mean().backward()
        optimiser.step()
        optimiser.zero_grad()


for name in ("attention.out_proj", "layer"):
    network = Attention()
    layer = network.get_submodule(name)
    prune.l1_unstructured(layer, "weight", amount=0.5)
    try:
        train(network)
        error = None
    except RuntimeError as raised:
        error = raised
    print(f"{name} pruned, after two steps of training: {str(error).split('(')[0]}")
    assert (error is None) == (name == "layer")

    network = Attention()
    with torch.no_grad():
        network.get_submodule(name).weight.mul_(5)
    layer = nn.utils.spectral_norm(network.get_submodule(name), n_power_iterations=20)
    network(tokens)
    largest = float(torch.linalg.matrix_norm(layer.weight.detach(), 2))
    print(f"{name} with spectral_norm: largest singular value {largest:.3f}")
    assert abs(largest - 1) < 0.02 if name == "layer" else largest > 4
PYTHON
