#!/usr/bin/env bash
# flopper 0.2.2
#
# `count_flops(model, images, **arguments)` binds the named arguments to the `forward` of the model and
# leaves them there. A supernet of which one subnet was counted runs as this subnet for the rest of its
# life, in training too, and a count without arguments is that of the subnet before. Its outputs change
# without an error; only who names the argument at each call sees none of it.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check \
  flopper==0.2.2 fvcore==0.1.5.post20221221 torch==2.13.0 numpy==2.4.6

cd "$folder"
"$folder/venv/bin/python" -W ignore - <<'PYTHON'
import logging

import torch
from flopper import count_flops
from torch import nn

logging.disable(logging.CRITICAL)


class Supernet(nn.Module):
    """A classifier with as many layers as asked for, all of them by default."""

    def __init__(self, layers):
        super().__init__()
        self.layers = nn.ModuleList(nn.Linear(32, 32, bias=False) for _ in range(layers))

    def forward(self, values, depth=None):
        for layer in self.layers[:depth]:
            values = torch.relu(layer(values))
        return values


torch.manual_seed(0)
supernet, values = Supernet(8), torch.rand(4, 32)
before = supernet(values)
whole = count_flops(supernet, values, silent=True).total()
subnet = count_flops(supernet, values, silent=True, depth=2).total()
again = count_flops(supernet, values, silent=True).total()
print(f"FLOPs: whole {whole:,}, two layers {subnet:,}, whole again {again:,}")
assert whole == 8 * 4 * 32 * 32 and subnet == again == 2 * 4 * 32 * 32

after = supernet(values)
print(f"outputs after the count: those of the whole {torch.equal(after, before)},", end=" ")
print(f"of two layers {torch.equal(after, supernet(values, depth=2))}")
assert torch.equal(after, supernet(values, depth=2)) and not torch.allclose(after, before)
assert torch.equal(supernet(values, depth=None), before)
after.sum().backward()
trained = sum(layer.weight.grad is not None for layer in supernet.layers)
print(f"layers that a training step reaches: {trained} of 8")
assert trained == 2
PYTHON
