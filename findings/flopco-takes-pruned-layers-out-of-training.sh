#!/usr/bin/env bash
# flopco-pytorch 0.1.4
#
# After counting, flopco clears all forward hooks of the network, also those that are not its own. The masks
# of `torch.nn.utils.prune` and the norms of `spectral_norm` are such hooks: a pruned or normalised layer
# keeps the weights that it had, its parameter gets no gradient and is not trained any more. Nothing fails.
#
# Grouped convolutions count as if they were depthwise: those of a ResNeXt with 32 groups of four channels
# a quarter. A linear layer counts for one token of each image.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check \
  flopco-pytorch==0.1.4 torch==2.13.0 numpy==2.4.6

cd "$folder"
"$folder/venv/bin/python" -W ignore - <<'PYTHON'
import torch
from flopco import FlopCo
from torch import nn
from torch.nn.functional import cross_entropy
from torch.nn.utils import prune, spectral_norm

images, labels = torch.rand(16, 3, 8, 8), torch.arange(16) % 10
changes = {
    "pruned": lambda layer: prune.l1_unstructured(layer, "weight", 0.5),
    "normalised": spectral_norm,
}
for name, change in changes.items():
    for counted in (False, True):
        torch.manual_seed(0)
        network = nn.Sequential(nn.Conv2d(3, 8, 3), nn.ReLU(), nn.Flatten(), nn.Linear(288, 10))
        change(network[0])
        network(images)
        if counted:
            FlopCo(network, img_size=(1, 3, 8, 8))
        before = network[0].weight.detach().clone()
        optimizer = torch.optim.SGD(network.parameters(), lr=0.5)
        for _ in range(20):
            optimizer.zero_grad()
            loss = cross_entropy(network(images), labels)
            loss.backward()
            optimizer.step()
        step = (network[0].weight.detach() - before).abs().max().item()
        gradient = network[0].weight_orig.grad
        print(f"{name}, counted {counted}: largest change of a weight in 20 steps {step:.4f},", end=" ")
        print("no gradient" if gradient is None else f"gradient of {gradient.norm():.4f}")
        assert (step == 0.0 and gradient is None) if counted else step > 1e-3

for groups in (1, 4, 32, 128):
    layer = nn.Conv2d(128, 128, 3, groups=groups, bias=False)
    products = 128 * 128 // groups * 9 * 8 * 8
    count = FlopCo(nn.Sequential(layer), img_size=(1, 128, 10, 10)).total_macs
    print(f"{groups} groups: {count:,} of {products:,} multiplications counted")
    assert count == (products if groups == 1 else 128 * 9 * 8 * 8)
count = FlopCo(nn.Sequential(nn.Linear(64, 64, bias=False)), img_size=(1, 49, 64)).total_macs
print(f"linear layer of 49 tokens: {count:,} of {49 * 64 * 64:,} multiplications counted")
assert count == 64 * 64
PYTHON
