#!/usr/bin/env bash
# PyHessian 0.1, torch 2.13.0, numpy 2.4.6
#
# `trace` draws vectors until their mean changes by less than `tol` of it, and divides by the mean with its sign: where
# it is negative every change is small enough. The trace is then that of two vectors or a few, whatever `tol` and
# `maxIter` say: of the negative of a loss it is of two in place of a hundred, off by two fifths, and of the loss itself
# it has the wrong sign for one of twenty seeds, whose first vectors have a negative mean. The network is left in
# evaluation.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check \
  PyHessian==0.1 torch==2.13.0 numpy==2.4.6

cd "$folder"
"$folder/venv/bin/python" -W ignore - <<'PYTHON'
import numpy as np
import torch
from pyhessian import hessian
from torch import nn
from torch.autograd.functional import hessian as exact
from torch.func import functional_call

torch.set_num_threads(1)
torch.manual_seed(0)
network = nn.Sequential(nn.Linear(8, 16), nn.Tanh(), nn.Linear(16, 3))
images, labels = torch.randn(64, 8), torch.randint(0, 3, (64,))


def loss(outputs, labels):
    return nn.functional.cross_entropy(outputs, labels)


def gain(outputs, labels):
    return -loss(outputs, labels)


def loss_of(vector):
    parts = vector.split([parameter.numel() for parameter in network.parameters()])
    names = dict(network.named_parameters())
    weights = {name: part.view_as(names[name]) for name, part in zip(names, parts, strict=True)}
    return loss(functional_call(network, weights, (images,)), labels)


trace = float(exact(loss_of, nn.utils.parameters_to_vector(network.parameters()).detach()).trace())
drawn = {}
for name, criterion, right in (("loss", loss, trace), ("negative loss", gain, -trace)):
    estimates = []
    for seed in range(20):
        torch.manual_seed(seed)
        values = hessian(network, criterion, data=(images, labels), cuda=False).trace(maxIter=1000, tol=1e-4)
        estimates.append((len(values), float(np.mean(values))))
    drawn[name] = np.array(estimates)
    count, error = np.median(drawn[name][:, 0]), np.abs(drawn[name][:, 1] - right)
    wrong = sum(drawn[name][:, 1] * right < 0)
    print(
        f"{name}: trace {right:.2f}, of {count:.0f} vectors, off by {np.median(error):.2f}, at most {error.max():.2f}, "
        f"{wrong} of 20 of the other sign"
    )

assert np.median(drawn["loss"][:, 0]) > 50 and np.median(drawn["negative loss"][:, 0]) == 2
errors = np.abs(drawn["loss"][:, 1] - trace), np.abs(drawn["negative loss"][:, 1] + trace)
assert np.median(errors[1]) > 3 * np.median(errors[0])
few = drawn["loss"][drawn["loss"][:, 0] <= 10, 1]  # the first mean was negative by chance
print(f"of ten vectors or fewer: {few.round(2)}")
assert any(few < 0)
assert not network.training
PYTHON
