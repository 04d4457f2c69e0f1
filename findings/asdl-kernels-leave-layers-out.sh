#!/usr/bin/env bash
# asdfghjkl 0.1a4 (ASDL)
#
# Tangent kernels by class are sums over the layers that the library knows, without a word on the others:
# weights of GroupNorm and of transposed convolutions are missing. Of a layer that runs twice the products
# between its two runs are missing, and padding is with zeros whatever `padding_mode` says. Plain and strided
# convolutions, linear layers, LayerNorm and batch norm in evaluation are right to the last digits, and
# dilated and grouped convolutions are errors. The slow kernel, `empirical_implicit_ntk`, is right for all.
#
# Gradients of single images, from which empirical Fisher matrices are made, have the same faults.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check \
  asdfghjkl==0.1a4 torch==2.13.0 numpy==2.4.6

cd "$folder"
"$folder/venv/bin/python" -W ignore - <<'PYTHON'
import torch
from asdl.gradient import batch_gradient
from asdl.kernel import empirical_class_wise_direct_ntk, empirical_implicit_ntk
from torch import nn
from torch.func import functional_call, jacrev, vmap


class Network(nn.Module):
    """A layer that runs once or twice, and a classifier."""

    def __init__(self, layer, runs=1):
        super().__init__()
        self.layer, self.runs, self.classifier = layer, runs, nn.Linear(4, 3)

    def forward(self, images):
        for _ in range(self.runs):
            images = torch.tanh(self.layer(images))
        return self.classifier(images.mean((2, 3)))


def convolution(**options):
    return nn.Conv2d(4, 4, 3, padding=1, **options)


torch.set_default_dtype(torch.float64)
torch.manual_seed(0)
images, labels = torch.randn(6, 4, 6, 6), torch.randint(3, (6,))
right = {
    "convolution": Network(convolution()),
    "strided convolution": Network(convolution(stride=2)),
    "LayerNorm": Network(nn.Sequential(convolution(), nn.LayerNorm([4, 6, 6]))),
    "batch norm in evaluation": Network(nn.Sequential(convolution(), nn.BatchNorm2d(4))).eval(),
}
wrong = {
    "GroupNorm": Network(nn.Sequential(convolution(), nn.GroupNorm(2, 4))),
    "transposed convolution": Network(nn.ConvTranspose2d(4, 4, 3)),
    "convolution that runs twice": Network(convolution(), runs=2),
    "circular padding": Network(convolution(padding_mode="circular")),
}
for name, network in {**right, **wrong}.items():
    parameters = {key: value.detach() for key, value in network.named_parameters()}
    jacobians = vmap(
        jacrev(lambda values, image: functional_call(network, values, (image[None],))[0]), (None, 0)
    )(parameters, images)
    jacobian = torch.cat([part.flatten(2) for part in jacobians.values()], 2)
    full = torch.einsum("iap,jbp->ijab", jacobian, jacobian)
    kernel = torch.einsum("ijaa->ija", full)
    direct = empirical_class_wise_direct_ntk(network, images)
    implicit = empirical_implicit_ntk(network, images)
    error = ((direct - kernel).norm() / kernel.norm()).item()
    trusted = ((implicit - full).norm() / full.norm()).item()

    def closure():
        network.zero_grad()
        nn.functional.cross_entropy(network(images), labels, reduction="sum").backward()

    gradients = batch_gradient(network, closure)
    whole = torch.cat([value.grad.flatten() for value in network.parameters()])
    complete = gradients.shape[1] == len(whole) and torch.allclose(gradients.sum(0), whole)
    print(f"{name}: error of the kernel {error:.1e}, of the implicit one {trusted:.1e}", end="; ")
    print(f"gradients of {gradients.shape[1]} of {len(whole)} parameters, sum {'right' if complete else 'wrong'}")
    assert trusted < 1e-12 and (error < 1e-12) == (name in right) == complete
    assert name in right or error > 0.01
PYTHON
