#!/usr/bin/env bash
# torch 2.13.0, torchmetrics 1.9.0, numpy 2.4.6
#
# `torch.corrcoef` of single-precision values above some 1e18 is 0.0, without a warning: their squares
# overflow, and a finite covariance divided by an infinite deviation is 0. `torch.std` of the same values
# is right. numpy computes with doubles and is right; torchmetrics' `pearson_corrcoef` warns and is NaN.
# The documentation speaks of rounding alone. One would expect the correlation, or NaN.
#
# Synflow of plain networks of twenty layers is as large in single precision: its correlation with the
# number of parameters is 0.84 over twelve widths, and 0 by torch.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check \
  torch==2.13.0 torchmetrics==1.9.0 numpy==2.4.6

cd "$folder"
"$folder/venv/bin/python" - <<'PYTHON'
import math

import numpy as np
import torch
from torch import nn
from torchmetrics.functional import pearson_corrcoef


def network(depth, width):
    torch.manual_seed(0)
    layers = [nn.Conv2d(3, width, 3, padding=1)]
    for _ in range(depth - 1):
        layers += [nn.ReLU(), nn.Conv2d(width, width, 3, padding=1)]
    return nn.Sequential(*layers)


def synflow(layers):
    for weight in layers.parameters():
        weight.data.abs_()
    layers(torch.ones(1, 3, 8, 8)).sum().backward()
    return sum((weight.detach() * weight.grad).sum() for weight in layers.parameters())


for depth in (5, 20):
    networks = [network(depth, width) for width in range(16, 40, 2)]
    parameters = torch.tensor([float(sum(weight.numel() for weight in layers.parameters())) for layers in networks])
    scores = torch.stack([synflow(layers) for layers in networks])
    right = float(np.corrcoef(scores, parameters)[0, 1])
    by_torch = float(torch.corrcoef(torch.stack([scores, parameters]))[0, 1])
    by_metric = float(pearson_corrcoef(scores, parameters))
    print(
        f"{depth} layers, {scores.dtype}, synflow {scores.min():.0e} to {scores.max():.0e}: "
        f"numpy {right:.3f}, torch.corrcoef {by_torch:.3f}, torchmetrics {by_metric:.3f}"
    )
    assert scores.dtype == torch.float32 and scores.isfinite().all() and right > 0.7
    assert math.isclose(float(scores.std()), float(scores.double().std()), rel_tol=1e-4)
    in_double = float(torch.corrcoef(torch.stack([scores, parameters]).double())[0, 1])
    assert math.isclose(in_double, right, rel_tol=1e-6)
    if depth == 5:
        assert math.isclose(by_torch, right, rel_tol=1e-3) and math.isclose(by_metric, right, rel_tol=1e-3)
    else:
        assert by_torch == 0.0 and math.isnan(by_metric)
PYTHON
