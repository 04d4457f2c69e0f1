#!/usr/bin/env bash
# torch 2.13.0, torchvision 0.28.0
#
# nn.init.kaiming_normal_(weight, mode="fan_out") takes the fan of a convolution from the shape of its
# weights, which does not tell groups. The fan that it takes for a depthwise convolution is as many
# times too large as there are channels, and the weights are too small by the root of that, here 8 for
# 64 channels. "fan_in" is right. Docstrings and documentation do not mention groups; pytorch issue
# 23854 has been open since 2019. xavier_normal_ is wrong by half of it.
#
# torchvision starts MobileNetV2 and V3, MNASNet, EfficientNet, RegNet and ResNeXt so, and so do many
# search spaces. Without normalisation a signal that should keep its size is 1e-9 after ten depthwise
# convolutions of 64 channels, and scores that sum weights or products of weights hardly see them.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check \
  torch==2.13.0 torchvision==0.28.0 numpy==2.4.6

cd "$folder"
"$folder/venv/bin/python" - <<'PYTHON'
import torch

operators = torch.library.Library("torchvision", "DEF")  # absent beside a CPU build of torch
for name in ("nms", "qnms"):
    try:
        operators.define(f"{name}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
    except RuntimeError:
        pass  # this build has them

from torch import nn
from torchvision import models

CHANNELS, DEPTH = 64, 10
torch.manual_seed(0)
images = torch.randn(4, CHANNELS, 32, 32)


def chain(groups, mode, initialise):
    layers = []
    for _ in range(DEPTH):
        layer = nn.Conv2d(
            CHANNELS, CHANNELS, 3, padding=1, padding_mode="circular", groups=groups, bias=False
        )
        initialise(layer.weight, mode=mode, nonlinearity="linear")
        layers.append(layer)
    return nn.Sequential(*layers)


sizes = {}
for groups in (1, CHANNELS):
    for mode in ("fan_in", "fan_out"):
        network = chain(groups, mode, nn.init.kaiming_normal_)
        entering = images.clone().requires_grad_()
        leaving = network(entering)
        (gradient,) = torch.autograd.grad(leaving, entering, torch.randn_like(leaving))
        deviation = float(network[0].weight.detach().std())
        sizes[groups, mode] = float(leaving.detach().std())
        print(f"{groups} groups, {mode}: weights {deviation:.4f}, output {float(leaving.detach().std()):.1e}, ", end="")
        print(f"gradient {float(gradient.std()):.1e}")
        connections = CHANNELS // groups * 9  # as many into a value as out of it
        right = connections**-0.5
        assert abs(deviation / right * (8 if (groups, mode) == (CHANNELS, "fan_out") else 1) - 1) < 0.1
assert 0.1 < sizes[1, "fan_out"] < 10 and 0.1 < sizes[CHANNELS, "fan_in"] < 10
assert sizes[CHANNELS, "fan_out"] < 1e-7

network = models.mobilenet_v2(weights=None)
for name, wanted in (("depthwise", True), ("other", False)):
    gains = [
        float(module.weight.detach().std()) * (module.weight[0].numel() / 2) ** 0.5  # 1 keeps the size through ReLU
        for module in network.modules()
        if isinstance(module, nn.Conv2d) and (module.groups > 1) == wanted
    ]
    print(f"mobilenet_v2, {name} convolutions: weights {sum(gains) / len(gains):.2f} of those of fan_in")
    assert (sum(gains) / len(gains) < 0.1) == wanted
PYTHON
