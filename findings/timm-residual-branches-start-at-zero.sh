#!/usr/bin/env bash
# timm 1.0.31, torch 2.13.0, torchvision 0.28.0
#
# timm starts every residual branch of its ResNets, SE-ResNets, Res2Nets, RegNets and NFNets at zero
# (the last normalisation's weight, or the branch's gain). create_model gives these weights with
# pretrained=False, whose documentation says nothing of it; torchvision's networks of the same names
# start otherwise. In an untrained ResNet of timm the gradient of the loss is exactly zero for each
# convolution but those of the stem and the shortcuts.
#
# Zero-cost scores of gradients see only these: SNIP, sum of |w g|, gives ResNet-18 and ResNet-34 of
# timm the same score, and ResNet-50 and ResNet-101; torchvision's differ by factors of 3 and 5.
# `zero_init_last=False` of timm.create_model, where a network takes it, gives gradients to all of them.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check \
  timm==1.0.31 torch==2.13.0 torchvision==0.28.0 numpy==2.4.6

cd "$folder"
"$folder/venv/bin/python" -W ignore - <<'PYTHON'
import torch

operators = torch.library.Library("torchvision", "DEF")  # absent beside a CPU build of torch
for name in ("nms", "qnms"):
    try:
        operators.define(f"{name}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
    except RuntimeError:
        pass  # this build has them

import timm
from torch import nn
from torchvision import models

torch.manual_seed(0)
images, labels = torch.randn(4, 3, 64, 64), torch.arange(4)


def score(network):
    """Sum of |w g|, convolutions whose gradient is zero, and convolutions."""
    nn.functional.cross_entropy(network(images), labels).backward()
    snip = sum(float((weight * weight.grad).abs().sum()) for weight in network.parameters())
    convolutions = [module.weight for module in network.modules() if isinstance(module, nn.Conv2d)]
    return snip, sum(bool((weight.grad == 0).all()) for weight in convolutions), len(convolutions)


scores = {}
for name in ("resnet18", "resnet34", "resnet50", "resnet101"):
    for library, make in (("timm", timm.create_model), ("torchvision", models.get_model)):
        snip, without, convolutions = scores[library, name] = score(make(name))
        print(f"{library} {name}: SNIP {snip:.0f}, {without} of {convolutions} convolutions without a gradient")
    assert scores["timm", name][1] > 0.79 * scores["timm", name][2] and scores["torchvision", name][1] == 0
for small, large in (("resnet18", "resnet34"), ("resnet50", "resnet101")):
    assert 0.8 < scores["timm", large][0] / scores["timm", small][0] < 1.25
    assert scores["torchvision", large][0] / scores["torchvision", small][0] > 2.5
for name in ("seresnet18", "res2net50_14w_8s", "regnetx_002", "nfnet_f0"):
    _, without, convolutions = score(timm.create_model(name))
    print(f"timm {name}: {without} of {convolutions} convolutions without a gradient")
    assert without > 0.8 * convolutions
_, without, convolutions = score(timm.create_model("resnet18", zero_init_last=False))
print(f"timm resnet18 with zero_init_last=False: {without} of {convolutions}")
assert without == 0
PYTHON
