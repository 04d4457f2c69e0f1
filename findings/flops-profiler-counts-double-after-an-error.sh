#!/usr/bin/env bash
# flops-profiler 0.1.2, torch 2.13.0
#
# The profiler replaces functions of torch while it counts. When a network cannot be counted it leaves them
# replaced: all networks after it are counted through two layers of counters, each operation twice. And
# the operation that stopped it stops every later pass of any network, counted or not. Two layers that run
# well in torch do so: transposed convolutions (a misspelt name) and convolutions with padding="same". One
# would expect 0 or an error for these, and nothing for the others.
#
# A search that catches errors and goes on compares FLOPs with twice the FLOPs.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check \
  flops-profiler==0.1.2 torch==2.13.0 numpy==2.4.6

cd "$folder"
"$folder/venv/bin/python" -W ignore - <<'PYTHON'
import torch
from flops_profiler.profiler import get_model_profile
from torch import nn


def count(*layers):
    """FLOPs of layers in a row, or the error."""
    network = nn.Sequential(*layers)
    try:
        return get_model_profile(network, input_shape=(1, 4, 16, 16), print_profile=False, as_string=False)[0]
    except (NameError, TypeError) as error:
        return f"{type(error).__name__}: {error}"


images = torch.randn(1, 4, 16, 16)
expected = 2 * 4 * 8 * 9 * 16 * 16 + 8 * 16 * 16
function = nn.functional.conv2d
counts = [count(nn.Conv2d(4, 8, 3, padding=1)) for _ in range(2)]
print("a convolution:", *counts)
assert counts == [expected, expected] and nn.functional.conv2d is function

for layer in (nn.ConvTranspose2d(4, 4, 4, 2, 1), nn.Conv2d(4, 8, 3, padding="same")):
    layer_count = count(layer)
    counts = [count(nn.Conv2d(4, 8, 3, padding=1)) for _ in range(2)]
    print(f"{layer}: {layer_count}")
    print("a convolution after it:", *counts)
    assert isinstance(layer_count, str) and counts == [2 * expected] * 2
    assert nn.functional.conv2d is not function
    try:
        layer(images)
    except (NameError, TypeError) as error:
        print(f"its own pass without a profiler: {type(error).__name__}: {error}")
    else:
        raise AssertionError("the pass works")
PYTHON
