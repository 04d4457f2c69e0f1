#!/usr/bin/env bash
# torch 2.13.0
#
# torch.func.functional_call is documented to leave the module as it was. Where one module hangs under
# two names, its parameter is afterwards another object: the tensor of the call, here the absolute
# value in float64, is left in the network, whose own parameter is gone. Reported as pytorch issue
# 164759, open at this version. One would expect the original parameters back.
#
# SynFlow by functional_call makes all weights positive for one pass; on a network with a shared module
# every later proxy sees the positive float64 weights.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check \
  torch==2.13.0 numpy==2.4.6

cd "$folder"
"$folder/venv/bin/python" - <<'PYTHON'
import sys

import torch
from torch import nn


class Shared(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Linear(2, 2)
        self.again = self.first

    def forward(self, features):
        return self.again(self.first(features))


network = Shared()
weight = network.first.weight
state = {name: one.detach().double().abs() for name, one in network.named_parameters()}
torch.func.functional_call(network, state, (torch.ones(1, 2, dtype=torch.float64),))
same = network.first.weight is weight
print(f"the parameter is the same object: {same}; its type now: {network.first.weight.dtype}")
if same:
    sys.exit("functional_call now leaves networks with a shared module as they were")
PYTHON
