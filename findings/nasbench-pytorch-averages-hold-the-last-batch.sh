#!/usr/bin/env bash
# nasbench-pytorch 1.3.1 (with torch 2.13.0 and numpy 2.4.6, which it needs and does not require)
#
# NAS-Bench-101 trained with TensorFlow's batch normalisation at a momentum of 0.997: what stays of a
# running average at each batch. torch's momentum is what comes in. The package's Network gives torch
# 0.997 by default, so its running means and variances are those of the last batch to 99.7%; and it
# gives it to the stem and the projections alone: the operations of the cells have torch's own 0.1.
# The README says that the code closely matches the TensorFlow version, hyperparameters included.
#
# Accuracies and scores of these networks in evaluation mode depend on the last batch seen: here one
# more batch, brighter than the hundred before, changes the classes of 84 of 200 images without a
# weight having changed. With the 0.003 that TensorFlow's 0.997 means, it changes that of one.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check \
  nasbench-pytorch==1.3.1 torch==2.13.0 numpy==2.4.6

cd "$folder"
"$folder/venv/bin/python" - <<'PYTHON'
from collections import Counter

import torch
from nasbench_pytorch.model import Network
from torch import nn

CHAIN = ([[0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1], [0, 0, 0, 0]],
         ["input", "conv3x3-bn-relu", "conv1x1-bn-relu", "output"])


def norms(network):
    return [module for module in network.modules() if isinstance(module, nn.BatchNorm2d)]


torch.manual_seed(0)
small = {"stem_out_channels": 16, "num_stacks": 2, "num_modules_per_stack": 1}
default = norms(Network(CHAIN, **small))
momenta = Counter(norm.momentum for norm in default)
print("momenta:", dict(momenta))
assert momenta == {0.997: 3, 0.1: 4}  # stem and two projections; two operations in each of two cells

images = torch.randn(200, 3, 8, 8)
changed = {}
for momentum in (0.997, 0.003):
    torch.manual_seed(0)
    network = Network(CHAIN, **small)
    for norm in norms(network):
        norm.momentum = norm.momentum if momentum == 0.997 else momentum
    with torch.no_grad():
        network.train()
        for _ in range(100):
            network(torch.randn(16, 3, 8, 8))
        before = network.eval()(images).argmax(1)
        network.train()(torch.randn(16, 3, 8, 8) + 3)
        after = network.eval()(images).argmax(1)
    changed[momentum] = int((before != after).sum())
    print(f"momentum {momentum}: classes changed by one more batch: {changed[momentum]} of {len(images)}")

stem = norms(Network(CHAIN, **small))[0].train()
for level in (0.0, 1.0):
    stem(torch.full((2, 16, 8, 8), level))
print(f"running mean after a batch of zeros and one of ones: {float(stem.running_mean[0]):.4f}")
assert abs(float(stem.running_mean[0]) - 0.997) < 1e-6
assert changed[0.997] > 40 > 10 > changed[0.003]
PYTHON
