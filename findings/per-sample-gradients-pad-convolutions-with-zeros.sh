#!/usr/bin/env bash
# opacus 1.6.0, backpack-for-pytorch 1.7.1, torch 2.13.0
#
# The gradients of single images that opacus and backpack compute for a convolution take its input as
# padded with zeros, whatever its `padding_mode`. backpack also hands `padding="same"` to a convolution of
# its own, whose kernel is the gradient, which pads it by another amount. The results do not add up to the
# gradient that the same backward pass leaves. Nothing warns, opacus's validator included. torch.func is
# right, and so is opacus with `force_functorch`.
#
# Scores from gradients of single images (norms, variances, Fisher information, clipped sums) are of
# another network: the norms are 3% to 17% too small here, and the sum is off by more than a tenth.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check \
  opacus==1.6.0 backpack-for-pytorch==1.7.1 torch==2.13.0 numpy==2.4.6 scipy==1.17.1

cd "$folder"
"$folder/venv/bin/python" -W ignore - <<'PYTHON'
import torch
from backpack import backpack, extend
from backpack.extensions import BatchGrad
from opacus.grad_sample import GradSampleModule
from opacus.validators import ModuleValidator
from torch import nn
from torch.func import functional_call, grad, vmap

generator = torch.Generator().manual_seed(0)
images = torch.randn(8, 3, 6, 6, generator=generator)
labels = torch.randint(0, 4, (8,), generator=generator)


def network(padding, mode):
    torch.manual_seed(0)
    return nn.Sequential(
        nn.Conv2d(3, 8, 3, padding=padding, padding_mode=mode), nn.ReLU(), nn.Flatten(), nn.Linear(288, 4)
    )


def by_opacus(layers, **options):
    wrapped = GradSampleModule(layers, **options)
    nn.functional.cross_entropy(wrapped(images), labels).backward()
    return layers[0].weight.grad_sample / len(images)


def by_backpack(layers):
    loss = extend(nn.CrossEntropyLoss())(extend(layers)(images), labels)
    with backpack(BatchGrad()):
        loss.backward()
    return layers[0].weight.grad_batch


def by_torch(layers):
    def loss(weights, image, label):
        return nn.functional.cross_entropy(functional_call(layers, weights, (image[None],)), label[None])

    weights = dict(layers.named_parameters())
    return vmap(grad(loss), (None, 0, 0))(weights, images, labels)["0.weight"] / len(images)


TOOLS = {
    "torch.func": by_torch,
    "opacus, force_functorch": lambda layers: by_opacus(layers, force_functorch=True),
    "opacus": by_opacus,
    "backpack": by_backpack,
}
WRONG = {
    (1, "zeros"): set(),
    ("same", "zeros"): {"backpack"},
    (1, "circular"): {"opacus", "backpack"},
    (1, "reflect"): {"opacus", "backpack"},
}
for (padding, mode), wrong in WRONG.items():
    exact = by_torch(network(padding, mode))
    assert ModuleValidator.validate(network(padding, mode).train(), strict=False) == []
    for name, tool in TOOLS.items():
        layers = network(padding, mode)
        gradients = tool(layers).detach()
        norms = gradients.flatten(1).norm(dim=1) / exact.flatten(1).norm(dim=1)
        print(f"padding={padding!r}, {mode}: {name}: norms {norms.min():.3f} to {norms.max():.3f} of the right ones")
        assert torch.allclose(gradients, exact, atol=1e-6) == (name not in wrong)
        if name in wrong:
            total = layers[0].weight.grad
            assert torch.allclose(total, exact.sum(0), atol=1e-6)
            assert (gradients.sum(0) - total).norm() > 0.1 * total.norm()
PYTHON
