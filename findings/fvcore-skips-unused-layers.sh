#!/usr/bin/env bash
# torch 2.13.0, fvcore 0.1.5.post20221221
#
# FlopCountAnalysis counts nothing for a layer that runs in every forward pass and whose output
# nothing reads: it counts on a graph of torch.jit from which such layers are removed. It warns that
# such a module was "never called", although every forward pass calls it. torch.utils.flop_counter
# counts it. One would expect both to count what the forward pass computes.
#
# Cells of NAS-Bench-201 and TransNAS-Bench-101 may have such operations; their published networks
# compute them, and published FLOPs hold them. For such cells fvcore gives a fraction of these FLOPs.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check \
  torch==2.13.0 numpy==2.4.6 fvcore==0.1.5.post20221221

cd "$folder"
"$folder/venv/bin/python" - <<'PYTHON'
import sys

import torch
from fvcore.nn import FlopCountAnalysis
from torch import nn
from torch.utils.flop_counter import FlopCounterMode


class Network(nn.Module):
    def __init__(self):
        super().__init__()
        self.used = nn.Conv2d(3, 4, 3, padding=1, bias=False)
        self.unused = nn.Conv2d(3, 40, 3, padding=1, bias=False)

    def forward(self, images):
        self.unused(images)
        return self.used(images)


network, images = Network().eval(), torch.zeros(1, 3, 8, 8)
with torch.no_grad(), FlopCounterMode(display=False) as counter:
    network(images)
computed = counter.get_total_flops() // 2  # two for each multiply-accumulate
analysis = FlopCountAnalysis(network, images)
counted = int(analysis.total())
print(f"multiply-accumulates by torch: {computed}; by fvcore: {counted}")
print(f"fvcore's uncalled modules: {analysis.uncalled_modules()}")
if (computed, counted) != (8 * 8 * 3 * 9 * 44, 8 * 8 * 3 * 9 * 4):
    sys.exit("fvcore no longer leaves out layers whose output nothing reads")
print("fvcore leaves out the layer whose output nothing reads")
PYTHON
