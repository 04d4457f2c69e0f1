#!/usr/bin/env bash
# torch 2.13.0
#
# `fuse` of torch.fx.experimental.optimization and `fuse_fx` of torch.ao fold batch norms into the
# convolutions before them. Where one convolution runs several times, each before a batch norm, they
# fold all these into the one module, one upon the other: every run computes with the product. Nothing
# warns. `torch.jit.freeze` folds the same network right. One would expect the network to be left alone
# or its convolution copied.
#
# Detectors of NAS-FPN and EfficientDet share the convolutions of their heads between levels and keep a
# batch norm for each, and recurrent blocks run one convolution several times: fused for a measurement of
# latency, their outputs are those of no network that was trained.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check torch==2.13.0 numpy==2.4.6

cd "$folder"
"$folder/venv/bin/python" -W ignore - <<'PYTHON'
import torch
from torch import nn
from torch.ao.quantization.quantize_fx import fuse_fx
from torch.fx.experimental.optimization import fuse


class Head(nn.Module):
    """A head over three levels: one convolution or three, three batch norms."""

    def __init__(self, shared):
        super().__init__()
        self.convolutions = nn.ModuleList(nn.Conv2d(4, 4, 3, padding=1) for _ in range(3))
        if shared:
            self.convolutions = nn.ModuleList([self.convolutions[0]] * 3)
        self.norms = nn.ModuleList(nn.BatchNorm2d(4) for _ in range(3))
        for norm in self.norms:
            nn.init.uniform_(norm.weight, 0.5, 2.0)
            nn.init.normal_(norm.running_mean)

    def forward(self, images):
        first = self.norms[0](self.convolutions[0](images))
        second = self.norms[1](self.convolutions[1](images[:, :, ::2, ::2]))
        third = self.norms[2](self.convolutions[2](images[:, :, ::4, ::4]))
        return torch.cat([level.mean((2, 3)) for level in (first, second, third)])


def by_freeze(network):
    return torch.jit.freeze(torch.jit.trace(network, images))


images = torch.randn(1, 4, 16, 16, generator=torch.Generator().manual_seed(0))
for shared in (False, True):
    torch.manual_seed(0)
    network = Head(shared).eval()
    with torch.no_grad():
        outputs = network(images)
        for name, convert in (("torch.fx fuse", fuse), ("fuse_fx", fuse_fx), ("torch.jit.freeze", by_freeze)):
            change = float((convert(network)(images) - outputs).norm() / outputs.norm())
            kind = "one convolution" if shared else "three convolutions"
            print(f"{kind}, {name}: outputs change by {change:.1%}")
            wrong = shared and name != "torch.jit.freeze"
            assert change > 0.2 if wrong else change < 1e-5
PYTHON
