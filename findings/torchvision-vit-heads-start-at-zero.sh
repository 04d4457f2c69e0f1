#!/usr/bin/env bash
# torchvision 0.28.0, torch 2.13.0
#
# The classifier of torchvision's vision transformers starts at zero, so an untrained one returns zeros
# for every image, and the gradient of its loss is zero for every weight but the classifier's.
# Zero-cost scores of untrained networks that multiply weights by gradients are exactly 0 for all of
# them, and correlations of its outputs have no value; Swin transformers and CNNs of the same package
# do not start so.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check \
  torch==2.13.0 torchvision==0.28.0 numpy==2.4.6

cd "$folder"
"$folder/venv/bin/python" - <<'PYTHON'
import torch

operators = torch.library.Library("torchvision", "DEF")  # absent beside a CPU build of torch
for name in ("nms", "qnms"):
    try:
        operators.define(f"{name}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
    except RuntimeError:
        pass  # this build has them

from torchvision import models

torch.manual_seed(0)
images, labels = torch.randn(2, 3, 224, 224), torch.tensor([0, 1])
for name, starts_at_zero in (("vit_b_32", True), ("swin_t", False), ("resnet18", False)):
    network = models.get_model(name, weights=None)
    logits = network(images)
    torch.nn.functional.cross_entropy(logits, labels).backward()
    logits = logits.detach()
    saliency = sum(
        float((weight.detach() * weight.grad).abs().sum()) for weight in network.parameters()
    )
    print(f"{name}: largest logit {float(logits.abs().max()):.3g}, sum of |w g| {saliency:.3g}")
    assert (float(logits.abs().max()) == 0) is starts_at_zero
    assert (saliency == 0) is starts_at_zero
PYTHON
