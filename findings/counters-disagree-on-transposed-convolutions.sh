#!/usr/bin/env bash
# torch 2.13.0, fvcore 0.1.5.post20221221, ptflops 0.7.5, thop 0.1.1.post2209072238, torchinfo 1.8.0,
# torchprofile 0.1.0, calflops 0.3.2 (which imports transformers and accelerate and does not require them)
#
# A transposed convolution multiplies every pixel of its input by every weight. torch's own counter,
# fvcore and ptflops count that. thop, torchinfo and torchprofile multiply the pixels of the output by
# the weights: stride times stride, here 4 times, too much. With 4 groups torchprofile counts 16 times,
# and calflops, right without groups, a quarter. All seven agree on convolutions, with groups or without.
#
# The decoders of TransNAS-Bench-101's segmentation and autoencoding networks, and of every network
# that returns an image, are made of these layers: which of two is larger depends on the counter.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check \
  torch==2.13.0 numpy==2.4.6 fvcore==0.1.5.post20221221 ptflops==0.7.5 thop==0.1.1.post2209072238 \
  torchinfo==1.8.0 torchprofile==0.1.0 calflops==0.3.2 transformers==5.24.0 accelerate==1.15.0

cd "$folder"
"$folder/venv/bin/python" -W ignore - <<'PYTHON'
import contextlib
import io

import calflops
import ptflops
import thop
import torch
import torchinfo
import torchprofile
from fvcore.nn import FlopCountAnalysis
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

SHAPE = (1, 8, 8, 8)
images = torch.zeros(SHAPE)


def by_torch(network):
    with FlopCounterMode(display=False) as counter:
        network(images)
    return counter.get_total_flops() // 2  # two for each multiply-accumulate


def by_ptflops(network):
    return ptflops.get_model_complexity_info(
        network, SHAPE[1:], as_strings=False, print_per_layer_stat=False, backend="pytorch"
    )[0]


def by_calflops(network):
    return calflops.calculate_flops(
        network, input_shape=SHAPE, print_results=False, print_detailed=False, output_as_string=False
    )[1]


COUNTERS = {
    "torch": by_torch,
    "fvcore": lambda network: FlopCountAnalysis(network, images).total(),
    "ptflops": by_ptflops,
    "thop": lambda network: thop.profile(network, (images,), verbose=False)[0],
    "torchinfo": lambda network: torchinfo.summary(network, SHAPE, verbose=0).total_mult_adds,
    "torchprofile": lambda network: torchprofile.profile_macs(network, images),
    "calflops": by_calflops,
}
convolution, transposed = {"padding": 1, "bias": False}, {"stride": 2, "padding": 1, "bias": False}
LAYERS = {
    "convolution": (nn.Conv2d, (8, 16, 3), convolution, {}),
    "convolution of 4 groups": (nn.Conv2d, (8, 16, 3), convolution | {"groups": 4}, {}),
    "transposed": (
        nn.ConvTranspose2d, (8, 16, 4), transposed, {"thop": 4, "torchinfo": 4, "torchprofile": 4}
    ),
    "transposed of 4 groups": (
        nn.ConvTranspose2d,
        (8, 16, 4),
        transposed | {"groups": 4},
        {"thop": 4, "torchinfo": 4, "torchprofile": 16, "calflops": 0.25},
    ),
}
for name, (layer, sizes, options, factors) in LAYERS.items():
    weights = layer(*sizes, **options).weight.numel()
    expected = weights * SHAPE[2] * SHAPE[3]  # once for each pixel of the input, the output of stride 1
    counts = {}
    for counter, count in COUNTERS.items():
        with contextlib.redirect_stdout(io.StringIO()):
            counts[counter] = int(count(nn.Sequential(layer(*sizes, **options)).eval()))
    print(f"{name}: {expected}; " + ", ".join(f"{key} {value}" for key, value in counts.items()))
    for counter, counted in counts.items():
        assert counted == expected * factors.get(counter, 1), counter
PYTHON
