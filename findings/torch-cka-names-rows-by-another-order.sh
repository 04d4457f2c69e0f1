#!/usr/bin/env bash
# torch-cka 0.21, torch 2.13.0 (with tqdm 4.67.1, which it needs and does not require)
#
# The similarities (CKA) of the layers of two networks lie in the order in which layers run, and the names beside them in
# that in which they are defined: in `export` and in the picture the first row is called by the whole network, which
# runs to its end last, and each block has the similarities of a layer in it. A list of layers does not help.
# Features are not copied: what an in-place ReLU overwrites has the similarities of the ReLU.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check \
  torch-cka==0.21 torch==2.13.0 numpy==2.4.6 matplotlib==3.11.2 tqdm==4.67.1

cd "$folder"
MPLBACKEND=agg "$folder/venv/bin/python" -W ignore - <<'PYTHON'
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset
from torch_cka import CKA

torch.set_num_threads(1)
torch.manual_seed(0)


class Network(nn.Module):
    def __init__(self, inplace):
        super().__init__()
        self.head = nn.Linear(16, 3)  # defined first, runs last
        self.body = nn.Sequential(nn.Linear(8, 16), nn.ReLU(inplace=inplace))

    def forward(self, points):
        return self.head(self.body(points))


def linear_cka(first, second):
    """The unbiased estimate of one batch, as in Nguyen et al. (2021)."""

    def hsic(one, other):
        count = len(one)
        one, other = one - one.diag().diag(), other - other.diag().diag()
        sums = one.sum() * other.sum() / ((count - 1) * (count - 2)) - 2 * (one @ other).sum() / (count - 2)
        return ((one @ other).trace() + sums) / (count * (count - 3))

    first, second = first @ first.T, second @ second.T
    return hsic(first, second) / (hsic(first, first) * hsic(second, second)).sqrt()


points = torch.randn(64, 8)
images = DataLoader(TensorDataset(points), batch_size=64)
with torch.no_grad():
    network, other = Network(inplace=False), Network(inplace=False)
    layers = ["", "head", "body", "body.0"]
    comparison = CKA(network, other, "one", "other", layers, layers)
    comparison.compare(images)
    table = comparison.export()

    outputs, others = (
        {"": model(points), "head": model(points), "body": model.body(points), "body.0": model.body[0](points)}
        for model in (network, other)
    )
    print("layer, similarity to the same layer of the other network, right value")
    for place, name in enumerate(table["model1_layers"]):
        value, right = float(table["CKA"][place, place]), float(linear_cka(outputs[name], others[name]))
        print(f"  {name or 'network'}: {value:.3f}, {right:.3f}")
        assert abs(value - right) > 0.01
    for place, name in enumerate(("body.0", "body", "head", "")):  # the order in which they end
        right = linear_cka(outputs[name], others[name])
        assert abs(table["CKA"][place, place] - right) < 1e-4

    network = Network(inplace=True)
    comparison = CKA(network, network, "one", "same", ["body.0", "body.1"], ["body.0", "body.1"])
    comparison.compare(images)
    before, after = network.body[0](points), torch.relu(network.body[0](points))
    print(f"before and after an in-place ReLU: {comparison.hsic_matrix[0, 1]:.3f}, right is {linear_cka(before, after):.3f}")
    assert comparison.hsic_matrix[0, 1] > 0.9999 and linear_cka(before, after) < 0.98
PYTHON
