#!/usr/bin/env bash
# torchmeter 0.1.0, torch 2.13.0
#
# Convolutions count without their groups: a depthwise one counts as many times as it has channels, and MobileNetV2 has
# 18 times the multiply-adds that it has. Linear layers count for one token of one image, so that of a vision
# transformer and of larger batches hardly anything is counted, while convolutions count for the whole batch.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check \
  torch==2.13.0 torchmeter==0.1.0 numpy==2.4.6

cd "$folder"
"$folder/venv/bin/python" -W ignore - <<'PYTHON'
import contextlib
import io

import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode
from torchmeter import Meter


def convolution(channels_in, channels_out, size=1, stride=1, groups=1):
    layer = nn.Conv2d(channels_in, channels_out, size, stride, size // 2, groups=groups, bias=False)
    return nn.Sequential(layer, nn.BatchNorm2d(channels_out), nn.ReLU6())


def mobilenet_v2():
    """The layers of MobileNetV2, without its additions, which have no multiplications."""
    layers, channels = [convolution(3, 32, 3, 2)], 32
    for expansion, width, number, stride in (
        (1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1)
    ):
        for block in range(number):
            hidden = channels * expansion
            layers += [convolution(channels, hidden)] if expansion > 1 else []
            layers += [convolution(hidden, hidden, 3, stride if block == 0 else 1, groups=hidden)]
            layers += [convolution(hidden, width)[:2]]
            channels = width
    head = [convolution(channels, 1280), nn.AvgPool2d(7), nn.Flatten(), nn.Linear(1280, 1000)]
    return nn.Sequential(*layers, *head)


def macs(network, images):
    with contextlib.redirect_stdout(io.StringIO()):
        meter = Meter(network.eval(), device="cpu")
        meter(images)
        return meter.cal.Macs.val


def right(network, images):
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        network.eval()(images)
    return counter.get_total_flops() / 2


def compare(name, network, *shape):
    images = torch.rand(shape)
    value, true = macs(network, images), right(network, images)
    print(f"{name}: {value:,.0f} multiply-adds, right {true:,.0f}, {value / true:.2f} times")
    return value / true


for groups in (1, 4, 64):
    layer = nn.Sequential(nn.Conv2d(64, 64, 3, groups=groups, bias=False))
    assert abs(compare(f"convolution of {groups} groups", layer, 2, 64, 10, 10) - groups) < 1e-9
for shape in ((1, 64), (32, 64), (1, 197, 64), (32, 197, 64)):
    share = compare(f"linear layer of {shape}", nn.Sequential(nn.Linear(64, 64, bias=False)), *shape)
    assert abs(share * torch.tensor(shape[:-1]).prod() - 1) < 1e-6
images = torch.rand(1, 3, 224, 224)
assert round(right(mobilenet_v2(), images) / 1e6) == 301  # as published: 300 million
assert compare("MobileNetV2", mobilenet_v2(), *images.shape) > 10
PYTHON
