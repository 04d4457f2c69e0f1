#!/usr/bin/env bash
# flopth 0.1.6
#
# To count a network flopth replaces `__call__` of the classes of its layers, as `nn.Conv2d`, and never puts
# it back. From then on all networks of the process pass through it: a subclass of a counted class is a
# KeyError, an image without a batch, which torch allows, an AssertionError of the formula, and each further
# count wraps the calls once more. The counted network is left in evaluation, with a buffer at each layer
# that is no part of the network's own: a fresh one does not load its state.
#
# A layer that is called several times, as in recurrent and weight-shared cells, counts for its last call.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check \
  flopth==0.1.6 torch==2.13.0 torchvision==0.28.0 numpy==2.4.6

cd "$folder"
"$folder/venv/bin/python" -W ignore - <<'PYTHON'
import sys

import torch

operators = torch.library.Library("torchvision", "DEF")  # absent beside a CPU build of torch
for name in ("nms", "qnms"):
    try:
        operators.define(f"{name}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
    except RuntimeError:
        pass  # this build has them

from flopth import flopth
from torch import nn


class Slimmable(nn.Conv2d):
    """A convolution with half of its output channels."""

    def forward(self, images):
        return self._conv_forward(images, self.weight[::2], self.bias[::2])


class Repeated(nn.Module):
    """One convolution, called several times."""

    def __init__(self, calls):
        super().__init__()
        self.convolution = nn.Conv2d(4, 4, 3, padding=1, bias=False)
        self.calls = calls

    def forward(self, images):
        for _ in range(self.calls):
            images = self.convolution(images)
        return images


def depth_of_calls(layer):
    """How deep in calls the hooks of a layer run."""

    def measure(module, inputs, output):
        frame, module.depth = sys._getframe(), 0
        while frame is not None:
            frame, module.depth = frame.f_back, module.depth + 1

    layer.register_forward_hook(measure)
    layer(torch.rand(1, 4, 8, 8))
    return layer.depth


def small_network():
    return nn.Sequential(nn.Conv2d(4, 4, 3), nn.BatchNorm2d(4), nn.ReLU())


images = torch.rand(1, 4, 8, 8)
assert Slimmable(4, 4, 3)(images).shape == (1, 2, 6, 6) and nn.Conv2d(4, 4, 3)(images[0]).shape == (4, 6, 6)
network = small_network()
flopth(network, in_size=((4, 8, 8),))
print("in training after the count:", network.training)
assert not network.training
for layer, inputs, expected in (
    (Slimmable(4, 4, 3), images, KeyError),
    (nn.Conv2d(4, 4, 3), images[0], AssertionError),
):
    try:
        layer(inputs)
        raise SystemExit(f"{layer} runs")
    except expected as error:
        print(f"another {type(layer).__name__} of {tuple(inputs.shape)}: {type(error).__name__} {error}")
try:
    small_network().load_state_dict(network.state_dict())
    raise SystemExit("a fresh network loads the state")
except RuntimeError as error:
    print(str(error).splitlines()[1].strip())

depths = [depth_of_calls(nn.Conv2d(4, 4, 3))]
for _ in range(3):
    flopth(small_network(), in_size=((4, 8, 8),))
    depths.append(depth_of_calls(nn.Conv2d(4, 4, 3)))
print("calls around a new layer after 1 to 4 counts:", *depths)
assert all(later > earlier for earlier, later in zip(depths, depths[1:]))

counts = [flopth(Repeated(calls), in_size=((4, 8, 8),), bare_number=True)[0] for calls in (1, 2, 5)]
print("a convolution called 1, 2 and 5 times:", counts)
assert counts == [4 * 4 * 9 * 64] * 3
PYTHON
