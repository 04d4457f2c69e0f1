#!/usr/bin/env bash
# torchvision 0.28.0 (the metadata of its ImageNet weights), torch 2.13.0
#
# Two classification networks have auxiliary heads for training. The published number of parameters
# of GoogLeNet is that of the network without them, the one of Inception v3 that of the network with
# its head. Whoever compares published counts, or divides accuracy by them, compares different
# things. The metadata also hold one accuracy that is no number: VGG-16 has weights without a
# classifier, whose acc@1 is NaN, so that 115 entries have 114 accuracies.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check \
  torch==2.13.0 torchvision==0.28.0 numpy==2.4.6

cd "$folder"
"$folder/venv/bin/python" - <<'PYTHON'
import math

import torch

operators = torch.library.Library("torchvision", "DEF")  # absent beside a CPU build of torch
for name in ("nms", "qnms"):
    try:
        operators.define(f"{name}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
    except RuntimeError:
        pass  # this build has them

from torchvision import models


def count(name, **options):
    with torch.device("meta"):
        network = models.get_model(name, init_weights=False, **options)
    return sum(parameter.numel() for parameter in network.parameters())


for name, published_is in (("googlenet", False), ("inception_v3", True)):
    published = models.get_model_weights(name).DEFAULT.meta["num_params"]
    counts = {heads: count(name, aux_logits=heads) for heads in (False, True)}
    print(f"{name}: published {published}, without heads {counts[False]}, with {counts[True]}")
    assert counts[published_is] == published
    assert counts[not published_is] != published

accuracies = [
    weights.meta["_metrics"]["ImageNet-1K"]["acc@1"]
    for name in models.list_models(module=models)
    for weights in models.get_model_weights(name)
]
print(f"entries: {len(accuracies)}, not a number: {sum(map(math.isnan, accuracies))}")
assert len(accuracies) == 115
assert sum(map(math.isnan, accuracies)) == 1
PYTHON
