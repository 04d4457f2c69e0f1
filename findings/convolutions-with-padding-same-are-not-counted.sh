#!/usr/bin/env bash
# torch 2.13.0, fvcore 0.1.5.post20221221, torchprofile 0.1.0
#
# A convolution with padding="same" or "valid" counts nothing in fvcore and torchprofile; the same
# convolution with its padding as a number counts in full. torch records the former as another operator,
# aten::_convolution_mode, which neither knows. Both have a warning for operators that they do not know
# (torchprofile's says "No handlers found"), among warnings of many operators that cost nothing, and the
# sum is returned as any other. torch's own counter, ptflops and thop see no difference.
#
# padding="same" is how Keras networks and many search spaces are written in torch: here two networks
# that compute the same have 5.2 million and 640 multiply-adds.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check \
  torch==2.13.0 numpy==2.4.6 fvcore==0.1.5.post20221221 torchprofile==0.1.0

cd "$folder"
"$folder/venv/bin/python" -W ignore - <<'PYTHON'
import logging
import warnings

import torch
import torchprofile
from fvcore.nn import FlopCountAnalysis
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

logging.disable(logging.WARNING)
warnings.simplefilter("ignore")
images = torch.randn(1, 3, 32, 32)


def network(padding):
    torch.manual_seed(0)
    return nn.Sequential(
        nn.Conv2d(3, 16, 3, padding=padding, bias=False),
        nn.ReLU(),
        nn.Conv2d(16, 32, 3, padding=padding, bias=False),
        nn.ReLU(),
        nn.AdaptiveMaxPool2d(1),
        nn.Flatten(),
        nn.Linear(32, 20, bias=False),
    ).eval()


def by_torch(counted):
    with FlopCounterMode(display=False) as counter:
        counted(images)
    return counter.get_total_flops() // 2  # two for each multiply-accumulate


COUNTERS = {
    "torch": by_torch,
    "fvcore": lambda counted: FlopCountAnalysis(counted, images).total(),
    "torchprofile": lambda counted: torchprofile.profile_macs(counted, images),
}
number, word = network(1), network("same")
assert torch.equal(number(images), word(images))
whole, head = 32 * 32 * (3 * 16 + 16 * 32) * 9 + 32 * 20, 32 * 20
for name, count in COUNTERS.items():
    counts = int(count(number)), int(count(word))
    print(f"{name}: padding=1 {counts[0]}, padding='same' {counts[1]}")
    assert counts == (whole, whole if name == "torch" else head)
valid = nn.Conv2d(3, 16, 3, padding="valid", bias=False).eval()
for name, count in COUNTERS.items():
    print(f"{name}: padding='valid' {int(count(valid))}")
    assert int(count(valid)) == (30 * 30 * 3 * 16 * 9 if name == "torch" else 0)
PYTHON
