#!/usr/bin/env bash
# archai 1.0.0 (without those of its requirements that a search of discrete spaces does not import)
#
# The evaluator TorchFlops counts by functions that it puts in the place of torch's and takes back after
# each network; all but GELU and SiLU, which stay. The next evaluation puts others around those, so that
# each GELU and SiLU counts twice, and k times at the k-th network. Other layers count once. Nothing
# warns, until a RecursionError stops the evaluation of some 1,000th network.
#
# FLOPs of transformers and EfficientNets depend on how many networks a search has seen before: here
# the 900th evaluation of one network gives 23 times the first. A search for few FLOPs prefers what it
# has looked at early.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check \
  torch==2.13.0 numpy==2.4.6 ray==2.60.0 overrides==3.1.0 onnxruntime==1.32.0 matplotlib==3.11.2 \
  pandas==3.1.1 psutil==7.2.2 PyYAML==6.0.4 tqdm==4.70.1
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps archai==1.0.0

cd "$folder"
"$folder/venv/bin/python" -W ignore - <<'PYTHON'
import torch
from archai.discrete_search.api.archai_model import ArchaiModel
from archai.discrete_search.evaluators.pt_profiler import TorchFlops
from torch import nn

own_gelu, own_relu = nn.functional.gelu, nn.functional.relu
evaluator = TorchFlops(forward_args=torch.zeros(1, 16))


def network(activation):
    return ArchaiModel(nn.Sequential(nn.Linear(16, 64), activation(), nn.Linear(64, 4)), "network")


counts = {}
for evaluation in range(1, 901):
    for activation in (nn.GELU, nn.ReLU):
        if activation is nn.GELU or evaluation == 1:
            counts[activation, evaluation] = evaluator.evaluate(network(activation))
for evaluation in (1, 2, 3, 900):
    print(f"evaluation {evaluation}: {counts[nn.GELU, evaluation]} FLOPs of a network with a GELU")
counts[nn.ReLU, 900] = evaluator.evaluate(network(nn.ReLU))
print(f"of one with a ReLU: {counts[nn.ReLU, 1]} and {counts[nn.ReLU, 900]}")
print(f"torch's own GELU is back: {nn.functional.gelu is own_gelu}, ReLU: {nn.functional.relu is own_relu}")
assert counts[nn.ReLU, 1] == counts[nn.ReLU, 900] == counts[nn.GELU, 1] == 2_624
assert counts[nn.GELU, 3] - counts[nn.GELU, 2] == 64  # the second also follows one with a ReLU
assert counts[nn.GELU, 900] > 20 * counts[nn.GELU, 1]
assert nn.functional.gelu is not own_gelu and nn.functional.relu is own_relu
try:
    for evaluation in range(901, 1_100):
        evaluator.evaluate(network(nn.GELU))
    raise AssertionError("no error")
except RecursionError:
    print(f"evaluation {evaluation}: RecursionError")
PYTHON
