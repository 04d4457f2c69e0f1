#!/usr/bin/env bash
# gpytorch 1.15.2, torch 2.13.0
#
# An exact Gaussian process in evaluation keeps what it solved for the labelled points at its first
# prediction. `load_state_dict` and `train` discard it; setting a hyperparameter, by assignment or by
# `initialize`, does not. The predicted mean then joins the old solution to the new kernel, that of no
# process at all, beside the variance of the new one. Nothing warns. One would expect the new
# hyperparameters to hold, or an error.
#
# Whoever compares lengthscales of a predictor by setting one after the other gets errors that depend on
# the order of the comparison, here up to a thousand times the right ones, at unchanged variances. A new
# model for each, or `model.train()` before the assignment, is right.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check \
  gpytorch==1.15.2 torch==2.13.0 numpy==2.4.6 scipy==1.17.1

cd "$folder"
"$folder/venv/bin/python" -W ignore - <<'PYTHON'
import gpytorch
import torch

torch.manual_seed(0)
encoded = torch.rand(80, 2, dtype=torch.double)
accuracies = torch.sin(6 * encoded).sum(1)
labelled, tested = slice(30), slice(30, 80)


class Process(gpytorch.models.ExactGP):
    def __init__(self):
        likelihood = gpytorch.likelihoods.GaussianLikelihood()
        super().__init__(encoded[labelled], accuracies[labelled], likelihood)
        self.mean = gpytorch.means.ConstantMean()
        self.kernel = gpytorch.kernels.RBFKernel()
        self.double()
        likelihood.noise = 0.001

    def forward(self, points):
        return gpytorch.distributions.MultivariateNormal(self.mean(points), self.kernel(points))


def errors(model):
    with torch.no_grad():
        predicted = model(encoded[tested])
    error = (predicted.mean - accuracies[tested]).square().mean().sqrt()
    return float(error), float(predicted.variance.mean())


def assign(model, lengthscale):
    model.kernel.lengthscale = lengthscale


def initialize(model, lengthscale):
    model.initialize(**{"kernel.lengthscale": lengthscale})


def load(model, lengthscale):
    model.load_state_dict(right[lengthscale].state_dict())


def assign_in_training(model, lengthscale):
    model.train()
    model.kernel.lengthscale = lengthscale
    model.eval()


right = {}
for lengthscale in (0.1, 0.3, 1.0):
    right[lengthscale] = Process().eval()
    right[lengthscale].kernel.lengthscale = lengthscale
expected = {lengthscale: errors(model) for lengthscale, model in right.items()}


def text(seen):
    return ", ".join(f"{error:.3f} ({variance:.4f}) at {key}" for key, (error, variance) in seen.items())


print("errors and variances of new models:", text(expected))

for name, change in (
    ("assigned", assign),
    ("initialize", initialize),
    ("load_state_dict", load),
    ("assigned after train()", assign_in_training),
):
    for order in ((0.1, 0.3, 1.0), (1.0, 0.3, 0.1)):
        model, seen = Process().eval(), {}
        for lengthscale in order:
            change(model, lengthscale)
            assert torch.allclose(model.kernel.lengthscale, torch.tensor(lengthscale, dtype=torch.double))
            seen[lengthscale] = errors(model)
        print(f"{name}:", text(seen))
        same = [abs(seen[key][0] - expected[key][0]) < 1e-6 for key in order]
        assert all(abs(seen[key][1] - expected[key][1]) < 1e-6 for key in order)
        if change in (assign, initialize):
            assert same == [True, False, False]
            assert seen[order[1]][0] > 10 * expected[order[1]][0]
        else:
            assert same == [True, True, True]
PYTHON
