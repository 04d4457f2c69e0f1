#!/usr/bin/env bash
# torch 2.13.0, torchvision 0.28.0
#
# torch.utils.flop_counter counts the gradient of a grouped convolution's weights as if it had one
# group: as many times too much as there are groups. A depthwise convolution of 64 channels is
# counted right forward and for the gradient of its input, and 64 times for that of its weights; the
# same written as 64 convolutions of one channel is counted right.
#
# A training step's FLOPs of MobileNets and of every space with separable convolutions are therefore
# several times too large, and grow with the square of the width: here the backward pass of
# MobileNetV2 is counted as 19 times its forward pass, that of ResNet-18 as twice.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check \
  torch==2.13.0 torchvision==0.28.0 numpy==2.4.6

cd "$folder"
"$folder/venv/bin/python" - <<'PYTHON'
import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

operators = torch.library.Library("torchvision", "DEF")  # absent beside a CPU build of torch
for name in ("nms", "qnms"):
    try:
        operators.define(f"{name}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
    except RuntimeError:
        pass  # this build has them

from torchvision import models

CHANNELS, SIZE = 64, 8


class Channels(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.ModuleList(nn.Conv2d(1, 1, 3, padding=1) for _ in range(CHANNELS))

    def forward(self, images):
        channels = images.split(1, dim=1)
        return torch.cat([layer(each) for layer, each in zip(self.layers, channels, strict=True)], 1)


def count(network, images):
    """Return multiply-accumulates of the forward and of the backward pass."""
    network, images = network.to("meta"), images.to("meta").requires_grad_()
    with FlopCounterMode(display=False) as forward:
        outputs = network(images)
    with FlopCounterMode(display=False) as backward:
        outputs.sum().backward()
    return forward.get_total_flops() // 2, backward.get_total_flops() // 2


images = torch.zeros(1, CHANNELS, SIZE, SIZE)
once = CHANNELS * SIZE * SIZE * 9
grouped = count(nn.Conv2d(CHANNELS, CHANNELS, 3, padding=1, groups=CHANNELS), images)
separate = count(Channels(), images)
print(f"depthwise convolution: forward {grouped[0]}, backward {grouped[1]}")
print(f"{CHANNELS} convolutions of one channel: forward {separate[0]}, backward {separate[1]}")
assert separate == (once, 2 * once)
assert grouped == (once, once + CHANNELS * once)

ratios = {}
for name in ("resnet18", "mobilenet_v2"):
    forward, backward = count(models.get_model(name, weights=None), torch.zeros(1, 3, 224, 224))
    ratios[name] = backward / forward
    print(f"{name}: backward is counted as {ratios[name]:.1f} times forward")
assert ratios["resnet18"] < 2.01
assert ratios["mobilenet_v2"] > 10
PYTHON
