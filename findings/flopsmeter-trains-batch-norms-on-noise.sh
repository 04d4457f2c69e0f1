#!/usr/bin/env bash
# flopsmeter 0.1.0
#
# To time a network `Complexity_Calculator.log` passes one image of uniform noise through it 200 times, in
# whatever mode the network is, and training is the mode of a fresh or just trained one. Batch norms take
# the noise for their data: the averages of a whole training are forgotten, and the network, that was right
# on all examples, guesses. The hooks stay in the network as well.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check \
  flopsmeter==0.1.0 torch==2.13.0 numpy==2.4.6

cd "$folder"
"$folder/venv/bin/python" -W ignore - <<'PYTHON'
from contextlib import redirect_stdout
from io import StringIO

import torch
from flopsmeter.flopsmeter import Complexity_Calculator
from torch import nn
from torch.nn.functional import cross_entropy


def accuracy(network, images, labels):
    """Share of right answers in evaluation; the network is put back in training."""
    network.eval()
    with torch.no_grad():
        share = (network(images).argmax(1) == labels).float().mean().item()
    network.train()
    return share


torch.manual_seed(0)
labels = torch.arange(800) % 8
images = 128 + 20 * (torch.randn(8, 3, 8, 8)[labels] + torch.randn(800, 3, 8, 8))  # pixels of 8 bits
blocks = [
    nn.Sequential(nn.Conv2d(inputs, 16, 3, padding=1), nn.BatchNorm2d(16), nn.ReLU()) for inputs in (3, 16, 16)
]
network = nn.Sequential(*blocks, nn.Flatten(), nn.Linear(16 * 64, 8))
optimizer = torch.optim.SGD(network.parameters(), lr=0.01)
for _ in range(40):
    optimizer.zero_grad()
    cross_entropy(network(images), labels).backward()
    optimizer.step()
before, variances = accuracy(network, images, labels), network[0][1].running_var.clone()
calculator = Complexity_Calculator(network, (3, 8, 8), torch.device("cpu"))
with redirect_stdout(StringIO()):
    calculator.log()
after = accuracy(network, images, labels)
hooks = sum(len(layer._forward_hooks) for layer in network.modules())
print(f"accuracy {before:.2f} before and {after:.2f} after the count, {hooks} hooks left")
ratio = (variances / network[0][1].running_var).median().item()
print(f"average variances before over after the count: {ratio:.0f}")
assert before > 0.99 and after < 0.7 and ratio > 20 and hooks == 11
PYTHON
