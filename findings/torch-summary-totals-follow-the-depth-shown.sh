#!/usr/bin/env bash
# torch-summary 1.4.5, torchvision 0.28.0
#
# The totals below the table are sums over the rows of the table, and `depth` is how many levels it shows: with
# the default of 3 MobileNetV2 has 159 million multiply-adds, with 9 it has 309 (right are 301), of ResNet-18
# and ResNet-50 the default shows all. Parameters of modules with children, as attention and position
# embeddings, are missing at some depths and present at others: a vision transformer with two layers and
# 1,866,472 parameters has 1,849,576 by default, 1,323,240 with all levels and 1,866,216 with one.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check \
  torch-summary==1.4.5 torch==2.13.0 torchvision==0.28.0 numpy==2.4.6

cd "$folder"
"$folder/venv/bin/python" -W ignore - <<'PYTHON'
import torch

operators = torch.library.Library("torchvision", "DEF")  # absent beside a CPU build of torch
for name in ("nms", "qnms"):
    try:
        operators.define(f"{name}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
    except RuntimeError:
        pass  # this build has them

import torchsummary
import torchvision
from torch.utils.flop_counter import FlopCounterMode

networks = {
    "mobilenet_v2": (torchvision.models.mobilenet_v2(), 224),
    "resnet18": (torchvision.models.resnet18(), 224),
    "transformer": (torchvision.models.VisionTransformer(32, 4, 2, 4, 256, 1024), 32),
}
operations, parameters = {}, {}
for name, (network, size) in networks.items():
    network.eval()
    for depth in (1, 2, 3, 9):
        shown = torchsummary.summary(network, (3, size, size), depth=depth, verbose=0)
        operations[name, depth], parameters[name, depth] = shown.total_mult_adds, shown.total_params
    by_default = torchsummary.summary(network, (3, size, size), verbose=0)
    assert by_default.total_mult_adds == operations[name, 3]
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        network(torch.randn(1, 3, size, size))
    right = counter.get_total_flops() // 2, sum(values.numel() for values in network.parameters())
    for title, counts, whole in (("multiply-adds", operations, right[0]), ("parameters", parameters, right[1])):
        print(f"{name}: {title} by depth:", {depth: counts[name, depth] for depth in (1, 2, 3, 9)}, end=", ")
        print(f"by torch {whole}")

assert operations["mobilenet_v2", 3] < 0.53 * 300_774_272 < 0.53 * operations["mobilenet_v2", 9]
assert operations["resnet18", 1] < 0.1 * operations["resnet18", 3] == 0.1 * operations["resnet18", 9]
assert [parameters["transformer", depth] for depth in (1, 3, 9)] == [1_866_216, 1_849_576, 1_323_240]
PYTHON
