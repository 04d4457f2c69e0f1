#!/usr/bin/env bash
# torch_flops 0.4.1, torch 2.13.0
#
# An upsampling by a scale factor of 2 counts its input times 2 to the number of images: one number that it writes costs
# half an operation with one image, 64 with eight and 1,073,741,824 with 32. Windows of pools that are given as one
# number count their side in place of their area: `AvgPool2d(7)` costs a seventh of `AvgPool2d((7, 7))`, which is the
# same layer.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check \
  torch==2.13.0 torch_flops==0.4.1 tabulate==0.10.0 numpy==2.4.6

cd "$folder"
"$folder/venv/bin/python" -W ignore - <<'PYTHON'
import torch
from torch import nn
from torch.nn import functional
from torch_flops import TorchFLOPsByFX


class Upsampled(nn.Module):
    """A convolution, since the counter asks for a parameter, and an upsampling behind it."""

    def __init__(self, scale):
        super().__init__()
        self.layer = nn.Conv2d(3, 8, 1, bias=False)
        self.scale = scale

    def forward(self, images):
        features = self.layer(images)
        return functional.interpolate(features, scale_factor=self.scale) if self.scale else features


def count(network, *shape):
    counter = TorchFLOPsByFX(network, mem_func_name="memory_allocated")
    with torch.no_grad():
        counter.propagate(torch.rand(shape))
    return counter.print_total_flops(show=False)


for images in (1, 2, 8, 32):
    flops = count(Upsampled(2), images, 3, 16, 16) - count(Upsampled(None), images, 3, 16, 16)
    written = Upsampled(2)(torch.rand(images, 3, 16, 16)).numel()
    print(f"upsampling of {images} images: {flops:,} operations for {written:,} numbers, {flops / written:.1f} each")
    assert flops == 2**images * images * 8 * 16 * 16
    assert written == 4 * images * 8 * 16 * 16

for window in (nn.AvgPool2d, nn.MaxPool2d):
    one, two = (
        count(nn.Sequential(window(size), nn.Conv2d(8, 1, 1, bias=False)), 1, 8, 56, 56)
        - count(nn.Sequential(nn.Conv2d(8, 1, 1, bias=False)), 1, 8, 8, 8)
        for size in (7, (7, 7))
    )
    same = torch.equal(window(7)(images := torch.rand(1, 8, 56, 56)), window((7, 7))(images))
    print(f"{window.__name__}: {one:,} operations with 7, {two:,} with (7, 7); outputs are equal: {same}")
    assert same and two >= 7 * one
PYTHON
