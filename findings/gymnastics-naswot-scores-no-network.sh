#!/usr/bin/env bash
# gymnastics 0.0.1
#
# The proxy of this toolkit for architecture search, `NASWOT`, is minus infinity for every network: the
# loop that registers its hooks at the ReLUs stands inside one of these hooks, so that none is ever
# registered, the kernel stays zero and the logarithm of its determinant is that of zero. No warning. In
# the example of its README no network is better than a best score of 0.0, and the search ends with None.
#
# The wheel that pip makes of it cannot be imported at all: it installs `proxies`, `searchspace` and others
# as packages of their own, which import each other as `gymnastics`. This script reads the source beside it.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check \
  torch==2.13.0 numpy==2.4.6 setuptools==80.9.0 wheel==0.45.1
cd "$folder"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation \
  gymnastics==0.0.1
"$folder/venv/bin/python" -m pip download --quiet --disable-pip-version-check --no-deps --no-build-isolation \
  --no-binary :all: gymnastics==0.0.1
tar -xzf gymnastics-0.0.1.tar.gz

"$folder/venv/bin/python" -W ignore - <<'PYTHON'
import sys
from importlib import import_module

for name in ("gymnastics", "proxies"):
    try:
        import_module(name)
        raise SystemExit(f"{name} can be imported")
    except ModuleNotFoundError as error:
        print(f"import {name}:", error)
sys.path.insert(0, "gymnastics-0.0.1")

import torch
from gymnastics.proxies import NASWOT
from torch import nn


def network(channels, layers):
    """A network of that many convolutions with batch norm and ReLU."""
    sizes = [3] + [channels] * layers
    blocks = [
        nn.Sequential(nn.Conv2d(inputs, channels, 3, padding=1), nn.BatchNorm2d(channels), nn.ReLU())
        for inputs in sizes[:-1]
    ]
    return nn.Sequential(*blocks, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(channels, 10))


def kernel_score(model, images):
    """The logarithm of the determinant of the kernel of Mellor et al. (2021), over all ReLUs."""
    codes = []
    hooks = [
        module.register_forward_hook(lambda module, inputs, output: codes.append((output > 0).flatten(1)))
        for module in model.modules()
        if isinstance(module, nn.ReLU)
    ]
    model(images)
    for hook in hooks:
        hook.remove()
    signs = torch.cat(codes, 1).double()
    return torch.linalg.slogdet(signs @ signs.T + (1 - signs) @ (1 - signs).T).logabsdet.item()


torch.manual_seed(0)
images, expected = torch.randn(16, 3, 16, 16), []
for channels, layers in ((4, 1), (16, 3), (32, 8)):
    model = network(channels, layers)
    score = float(NASWOT().score(model, images))
    expected.append(kernel_score(model, images))
    hooks = sum(len(module._forward_hooks) + len(module._backward_hooks) for module in model.modules())
    print(f"{layers} layers of {channels}: NASWOT {score}, formula {expected[-1]:.1f}, {hooks} hooks")
    assert score == float("-inf") and not score > 0.0 and hooks == 0
assert 0 < expected[0] < expected[1] < expected[2]
PYTHON
