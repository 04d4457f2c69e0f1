#!/usr/bin/env bash
# nngeometry 0.4
#
# Kernels and Fisher matrices of networks with a convolution that has groups, or that runs twice, are those
# of no network, without an error. A grouped convolution is taken for a full one: the Fisher matrix has a row
# for each weight of the full one, 159 for 51 parameters, and the neural tangent kernel the gradients of
# weights that do not exist. Of a module that runs twice each use counts as a layer of its own: the products
# of the gradients of one use with those of the other are missing. GroupNorm, transposed and plain
# convolutions are right to the last digits.
#
# The condition number of the tangent kernel, a proxy, is wrong for MobileNets and weight-shared cells.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check \
  nngeometry==0.4 torch==2.13.0 numpy==2.4.6

cd "$folder"
"$folder/venv/bin/python" -W ignore - <<'PYTHON'
import torch
from nngeometry.gram import GramMatrix
from nngeometry.metrics import FIM
from nngeometry.object import PMatDense
from torch import nn
from torch.func import functional_call, jacrev, vmap
from torch.utils.data import DataLoader, TensorDataset


class Network(nn.Module):
    """A layer that runs once or twice, and a classifier."""

    def __init__(self, layer, runs=1):
        super().__init__()
        self.layer, self.runs, self.classifier = layer, runs, nn.Linear(4, 3)

    def forward(self, images):
        for _ in range(self.runs):
            images = torch.tanh(self.layer(images))
        return self.classifier(images.mean((2, 3)))


torch.set_default_dtype(torch.float64)
torch.manual_seed(0)
images = torch.randn(5, 4, 6, 6)
loader = DataLoader(TensorDataset(images, torch.zeros(5)), batch_size=5)
networks = {
    "convolution": Network(nn.Conv2d(4, 4, 3, padding=1, bias=False)),
    "transposed convolution": Network(nn.ConvTranspose2d(4, 4, 3)),
    "GroupNorm": Network(nn.GroupNorm(2, 4)),
    "convolution with 2 groups": Network(nn.Conv2d(4, 4, 3, padding=1, bias=False, groups=2)),
    "depthwise convolution": Network(nn.Conv2d(4, 4, 3, padding=1, bias=False, groups=4)),
    "convolution that runs twice": Network(nn.Conv2d(4, 4, 3, padding=1, bias=False), runs=2),
}
for name, network in networks.items():
    parameters = {key: value.detach() for key, value in network.named_parameters()}
    gradients = vmap(
        jacrev(lambda values, image: functional_call(network, values, (image[None],))[0]), (None, 0)
    )(parameters, images)
    jacobian = torch.cat([gradient.flatten(2) for gradient in gradients.values()], 2)
    kernel = torch.einsum("iap,jbp->aibj", jacobian, jacobian)
    fisher = torch.einsum("iap,iaq->pq", jacobian, jacobian) / len(images)

    def function(batch, labels):
        return network(batch)

    gram = GramMatrix(network, loader, function=function).to_torch()
    matrix = FIM(network, loader, PMatDense, variant="regression", function=function).to_torch()
    error = ((gram - kernel).norm() / kernel.norm()).item()
    conditions = [torch.linalg.cond(values.reshape(15, 15)).item() for values in (kernel, gram)]
    trace = (matrix.trace() / fisher.trace()).item()
    print(f"{name}: {len(fisher)} parameters, Fisher matrix of {len(matrix)} with {trace:.3f} times the", end=" ")
    print(f"trace; error of the kernel {error:.1e}, condition {conditions[1]:.3g}, right {conditions[0]:.3g}")
    right = name in ("convolution", "transposed convolution", "GroupNorm")
    assert (error < 1e-12) == right and (error > 0.01) != right
    assert (abs(trace - 1) < 1e-12) == right
    assert (len(matrix) == len(fisher)) == (getattr(network.layer, "groups", 1) == 1)
PYTHON
