#!/usr/bin/env bash
# torch 2.13.0, thop 0.1.1.post2209072238, ptflops 0.7.5, torchinfo 1.8.0
#
# thop, and ptflops in its backend "pytorch", look a layer's class up in a table: a subclass of Conv2d
# or Linear counts nothing, without a warning. They do not count layers with one of
# torch.nn.utils.parametrizations either, which replaces the class; nor does torchinfo, which looks for
# a parameter named "weight". The same layers without are counted in full by all three, and torch's own
# counter sees no difference.
#
# Supernets make their slimmable layers as subclasses (OFA, AutoFormer), and so are convolutions with
# standardised weights: the counters see only the layers that are not searched.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check \
  torch==2.13.0 numpy==2.4.6 thop==0.1.1.post2209072238 ptflops==0.7.5 torchinfo==1.8.0

cd "$folder"
"$folder/venv/bin/python" -W ignore - <<'PYTHON'
import contextlib
import io

import ptflops
import thop
import torch
import torchinfo
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

images = torch.zeros(1, 8, 16, 16)


class SlimmableConvolution(nn.Conv2d):
    """A convolution that uses the first of its channels."""

    width = 16

    def forward(self, entering):
        return nn.functional.conv2d(entering, self.weight[: self.width], padding=1)


class SlimmableLinear(nn.Linear):
    """A linear layer as it is, under another name."""


def network(convolution, linear, wrap=lambda layer: layer):
    return nn.Sequential(
        wrap(convolution(8, 16, 3, padding=1, bias=False)),
        nn.AdaptiveMaxPool2d(1),
        nn.Flatten(),
        wrap(linear(16, 10, bias=False)),
    )


def by_torch(counted):
    with FlopCounterMode(display=False) as counter:
        counted(images)
    return counter.get_total_flops() // 2  # two for each multiply-accumulate


def by_ptflops(counted):
    return ptflops.get_model_complexity_info(
        counted, tuple(images.shape[1:]), as_strings=False, print_per_layer_stat=False, backend="pytorch"
    )[0]


COUNTERS = {
    "torch": by_torch,
    "thop": lambda counted: thop.profile(counted, (images,), verbose=False)[0],
    "ptflops": by_ptflops,
    "torchinfo": lambda counted: torchinfo.summary(counted, input_data=images, verbose=0).total_mult_adds,
}
NETWORKS = {
    "nn.Conv2d and nn.Linear": (lambda: network(nn.Conv2d, nn.Linear), set()),
    "subclasses of them": (lambda: network(SlimmableConvolution, SlimmableLinear), {"thop", "ptflops"}),
    "with weight_norm": (
        lambda: network(nn.Conv2d, nn.Linear, nn.utils.parametrizations.weight_norm),
        {"thop", "ptflops", "torchinfo"},
    ),
}
layers = 16 * 16 * 8 * 16 * 9 + 16 * 10
for name, (make, blind) in NETWORKS.items():
    counts = {}
    for counter, count in COUNTERS.items():
        with contextlib.redirect_stdout(io.StringIO()):
            counts[counter] = int(count(make().eval()))
    print(f"{name}: " + ", ".join(f"{counter} {counted}" for counter, counted in counts.items()))
    for counter, counted in counts.items():
        if counter in blind:
            assert counted < layers / 20, counter  # poolings at most
        else:
            assert layers <= counted < 1.1 * layers, counter  # some add poolings
PYTHON
