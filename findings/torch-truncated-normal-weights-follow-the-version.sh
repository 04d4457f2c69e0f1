#!/usr/bin/env bash
# torch 2.5.1 and 2.13.0
#
# From one seed both versions draw the same normal and uniform numbers, and give the same weights to linear
# layers, embeddings and attention. By torch.nn.init.trunc_normal_ they draw different ones: 2.5.1 puts
# uniform numbers through the inverse of the distribution function, 2.13.0 draws normal numbers and
# those beyond the bounds again. Weights of networks that start by it, such as vision transformers of
# timm, are reproduced from a seed under one of the versions alone, and with them scores of untrained networks.
#
# Downloads some 3 GB: the index has torch 2.5.1 with libraries of CUDA alone, none of which is used.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
for version in 2.5.1 2.13.0; do
  python3 -m venv "$folder/$version"
  "$folder/$version/bin/python" -m pip install --quiet --disable-pip-version-check \
    "torch==$version" numpy==2.4.6 setuptools==80.9.0
  "$folder/$version/bin/python" -W ignore - >"$folder/$version.txt" <<'PYTHON'
import torch
from torch import nn


def total(fill):
    torch.manual_seed(0)
    return f"{float(fill().double().abs().sum()):.4f}"


print("normal", total(lambda: torch.empty(300, 300).normal_(0, 0.02)))
print("uniform", total(lambda: torch.empty(300, 300).uniform_()))
print("linear", total(lambda: nn.Linear(100, 100).weight.detach()))
print("attention", total(lambda: nn.MultiheadAttention(64, 4).in_proj_weight.detach()))
print("truncated", total(lambda: nn.init.trunc_normal_(torch.empty(300, 300), std=0.02)))
PYTHON
  echo "torch $version: $(tr '\n' ' ' <"$folder/$version.txt")"
done
different=$(diff "$folder/2.5.1.txt" "$folder/2.13.0.txt" | sed -n 's/^< \([a-z]*\).*/\1/p')
echo "different sums of sizes from one seed: $different"
test "$different" = truncated
