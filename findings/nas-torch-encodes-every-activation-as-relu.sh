#!/usr/bin/env bash
# nas-torch 0.1.1, torch 2.13.0, numpy 2.4.6
#
# The features by which an architecture is stored have one number for "has an activation": ReLU, tanh and LeakyReLU,
# between which the mutations choose, are one architecture, and each comes back as ReLU, so that the same weights
# compute something else. The padding of a pool comes back as 0, a BatchNorm1d as a BatchNorm2d. `save_model` is an
# AttributeError; `n_evaluations` of each search is 0.
#
# The package's name has a hyphen and its modules import each other without it: this script puts its folder on the path.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check torch==2.13.0 numpy==2.4.6
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps nas-torch==0.1.1

cd "$folder"
"$folder/venv/bin/python" -W ignore - <<'PYTHON'
import random
import site
import sys
from pathlib import Path

import numpy as np
import torch
from torch import nn

sys.path.append(str(Path(site.getsitepackages()[0]) / "nas-torch"))

from layer_classes import BatchNorm1dCfg, Conv2dCfg, GlobalAvgPoolCfg, LinearCfg, MaxPool2dCfg
from model import DynamicNet
from optimizer import SAOptimizer

torch.set_num_threads(1)
torch.manual_seed(0)
random.seed(0)
np.random.seed(0)


def network(activation):
    return DynamicNet([LinearCfg(8, 64, activation), LinearCfg(64, 3, None)], input_shape=(8,))


points = torch.randn(50, 8)
relu = network(nn.ReLU).get_graph()[0]
for activation in (nn.ReLU, nn.Tanh, nn.LeakyReLU):
    original = network(activation)
    features = original.get_graph()[0]
    decoded = DynamicNet(DynamicNet.decode_matrix(features))
    decoded.load_state_dict(original.state_dict())
    difference = (original(points) - decoded(points)).abs().max().item()
    print(f"{original.net[1]} comes back as {decoded.net[1]}: outputs of the same weights differ by {difference:.2f}")
    assert np.array_equal(features, relu) and isinstance(decoded.net[1], nn.ReLU)
    assert (difference == 0) == (activation is nn.ReLU)

layers = [Conv2dCfg(3, 8, 3, padding=1), MaxPool2dCfg(3, 2, 1), GlobalAvgPoolCfg(), LinearCfg(8, 3, None)]
features = DynamicNet(layers, input_shape=(3, 8, 8)).get_graph()[0]
assert DynamicNet.decode_matrix(features)[1].padding == 0
features = DynamicNet([LinearCfg(8, 8, None), BatchNorm1dCfg(8)], input_shape=(8,)).get_graph()[0]
assert type(DynamicNet.decode_matrix(features)[1]).__name__ == "BatchNorm2dCfg"

try:
    network(nn.ReLU).save_model("network")
except AttributeError as error:
    print(f"save_model: {error}")
else:
    raise AssertionError("the network was saved")

images = torch.utils.data.TensorDataset(points, torch.randint(0, 3, (50,)))
search = SAOptimizer(list(network(nn.ReLU).layers_cfg), dataset=images)
assert search.run(3)[1]["n_evaluations"] == 0
PYTHON
