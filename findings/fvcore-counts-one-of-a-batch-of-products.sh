#!/usr/bin/env bash
# torch 2.13.0, fvcore 0.1.5.post20221221
#
# FlopCountAnalysis counts a product of two tensors by the batch dimensions of the first: a matrix times
# a batch of matrices is counted once, whatever the batch, and the batch times a matrix in full. A matrix
# times a vector is an IndexError. torch's own counter counts both products alike.
#
# A graph convolution, adjacency @ features @ weights, is such a product, and so is a token mixer: fvcore's
# FLOPs of a batch of 64 hold the aggregation of one graph. Others of its counts grow with the batch.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check \
  torch==2.13.0 numpy==2.4.6 fvcore==0.1.5.post20221221

cd "$folder"
"$folder/venv/bin/python" -W ignore - <<'PYTHON'
import logging

import torch
from fvcore.nn import FlopCountAnalysis
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

logging.disable(logging.WARNING)
NODES, CHANNELS = 8, 16


class Aggregation(nn.Module):
    """Neighbours' features, with one adjacency for all graphs of a batch."""

    def __init__(self):
        super().__init__()
        self.register_buffer("adjacency", torch.ones(NODES, NODES))

    def forward(self, features):
        return self.adjacency @ features


class Mixer(Aggregation):
    """The same product, written from the right."""

    def forward(self, features):
        return (features.transpose(1, 2) @ self.adjacency.T).transpose(1, 2)


def by_torch(network, features):
    with FlopCounterMode(display=False) as counter:
        network(features)
    return counter.get_total_flops() // 2  # two for each multiply-accumulate


for batch in (1, 2, 64):
    features = torch.randn(batch, NODES, CHANNELS)
    assert torch.allclose(Aggregation()(features), Mixer()(features), atol=1e-5)
    for network in (Aggregation(), Mixer()):
        counts = by_torch(network, features), FlopCountAnalysis(network, features).total()
        print(f"batch {batch}, {type(network).__name__}: torch {counts[0]}, fvcore {counts[1]}")
        products = NODES * NODES * CHANNELS
        assert counts == (batch * products, (1 if type(network) is Aggregation else batch) * products)
try:
    FlopCountAnalysis(Aggregation(), torch.randn(NODES)).total()
    raise AssertionError("a matrix times a vector is counted")
except IndexError as error:
    print(f"a matrix times a vector: IndexError: {error}")
PYTHON
