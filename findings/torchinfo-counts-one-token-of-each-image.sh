#!/usr/bin/env bash
# torchinfo 1.8.0 (the latest release), torch 2.13.0, torchvision 0.28.0
#
# The mult-adds of a linear layer are its weights times the first dimension of its output: of a
# sequence or a feature map in channels-last order, one token or row is counted. Recurrent layers are
# counted for every token, convolutions for every pixel. Torchvision's published counts are 14 times as
# high for ConvNeXt-T, whose pointwise convolutions are linear layers, 101 times for ViT-B/16, whose
# attention is not counted at all, 131 times for Swin-T, and equal for ResNet-18.
#
# Whoever ranks networks by these mult-adds takes ViT-B/16 for a tenth of ResNet-18, of which it is
# ten times.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check \
  torchinfo==1.8.0 torch==2.13.0 torchvision==0.28.0 numpy==2.4.6

cd "$folder"
"$folder/venv/bin/python" - <<'PYTHON'
import torch
import torchinfo

operators = torch.library.Library("torchvision", "DEF")  # absent beside a CPU build of torch
for name in ("nms", "qnms"):
    try:
        operators.define(f"{name}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
    except RuntimeError:
        pass  # this build has them

from torchvision import models

layer = torch.nn.Linear(16, 32, bias=False)
for shape in ((1, 16), (80, 16), (1, 80, 16)):
    counted = torchinfo.summary(layer, input_size=shape, verbose=0).total_mult_adds
    print(f"linear layer of 16 x 32 on {shape}: {counted}")
    assert counted == 16 * 32 * shape[0]

for name, at_least in (("resnet18", 1), ("convnext_tiny", 10), ("vit_b_16", 50), ("swin_t", 50)):
    published = models.get_model_weights(name).DEFAULT.meta["_ops"]
    network = models.get_model(name, weights=None).eval()
    counted = torchinfo.summary(network, input_size=(1, 3, 224, 224), verbose=0).total_mult_adds / 1e9
    ratio = published / counted
    print(f"{name}: published {published:.3f} G, counted {counted:.3f} G, {ratio:.1f} times")
    assert ratio > 0.99 * at_least
    assert name != "resnet18" or ratio < 1.01
PYTHON
