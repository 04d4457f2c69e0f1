#!/usr/bin/env bash
# torch 2.13.0
#
# Scores that differentiate twice (GraSP, sharpness, Fisher information of gradients, Hessian traces)
# cannot be computed of networks with torch.nn.Hardsigmoid, the gate of squeeze-and-excitation in
# MobileNetV3 and of many searched mobile networks: its second derivative is not implemented and a
# RuntimeError says so. Hardswish, ReLU6 and Hardtanh, which are made of the same pieces, have theirs,
# and so has the same function written with clamp: clamp(x + 3, 0, 6) / 6.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check \
  torch==2.13.0 numpy==2.4.6

cd "$folder"
"$folder/venv/bin/python" - <<'PYTHON'
import torch
from torch.nn import functional


def second_derivative(function):
    """Return the sum of squared second derivatives, or what torch says instead."""
    values = torch.linspace(-5, 5, 41, dtype=torch.float64, requires_grad=True)
    loss = function(values).square().sum()
    (gradient,) = torch.autograd.grad(loss, values, create_graph=True)
    try:
        (second,) = torch.autograd.grad(gradient.sum(), values)
    except RuntimeError as error:
        return str(error)
    return float(second.square().sum())


FUNCTIONS = {
    "hardsigmoid": functional.hardsigmoid,
    "clamp(x + 3, 0, 6) / 6": lambda values: (values + 3).clamp(0, 6) / 6,
    "hardswish": functional.hardswish,
    "relu6": functional.relu6,
    "hardtanh": functional.hardtanh,
}
found = {name: second_derivative(function) for name, function in FUNCTIONS.items()}
for name, result in found.items():
    print(f"{name}: {result}")

values = torch.linspace(-5, 5, 41, dtype=torch.float64)
rewritten = FUNCTIONS["clamp(x + 3, 0, 6) / 6"](values)
assert torch.equal(functional.hardsigmoid(values), rewritten)
assert found.pop("hardsigmoid") == "derivative for aten::hardsigmoid_backward is not implemented"
assert all(isinstance(result, float) and result > 0 for result in found.values())
PYTHON
