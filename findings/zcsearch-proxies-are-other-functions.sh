#!/usr/bin/env bash
# zcsearch 0.1.5, torch 2.13.0
#
# Three of the five proxies that its documentation names with their papers are other functions. SynFlow
# replaces all weights by 1 and not by their sizes: networks of other weights have one score, and ReLU and
# leaky ReLU as well. GraSP multiplies each layer's gradient by the sums of that layer's block of the
# Hessian alone and not by the Hessian times the gradient: the score has another size, for two of eight
# networks another sign. The correlation of activations counts for a network where Mellor et al. count it
# against one: layers that return the same for all data have almost the best score there is.
#
# The ensemble adds them with fixed weights: a search by it prefers a network that tells no two examples
# apart to one that does.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check \
  zcsearch==0.1.5 torch==2.13.0 numpy==2.4.6

cd "$folder"
export MPLBACKEND=Agg
"$folder/venv/bin/python" -W ignore - <<'PYTHON'
import torch
from torch import nn
from zcsearch.models import MLP
from zcsearch.zero_cost_search import ZeroCostMetrics, ZeroCostNAS

device = torch.device("cpu")
torch.manual_seed(0)
data, classes = torch.randn(32, 8), torch.randint(0, 3, (32,))


def network(seed=0, activation="relu"):
    torch.manual_seed(seed)
    return MLP(8, [16, 16], 3, activation)


def synflow(model):
    """The score of Tanaka et al.: sizes of weights, an input of ones."""
    for parameter in model.parameters():
        parameter.data.abs_()
    gradients = torch.autograd.grad(model(torch.ones(1, 8)).sum(), list(model.parameters()))
    return float(sum((gradient * value).sum() for gradient, value in zip(gradients, model.parameters())))


def grasp(model):
    """The score of Wang et al.: minus weights' gradient times Hessian times gradient, as the package sums it."""
    values = list(model.parameters())
    loss = nn.functional.cross_entropy(model(data), classes)
    gradients = torch.autograd.grad(loss, values, create_graph=True)
    product = sum((gradient * gradient.detach()).sum() for gradient in gradients)
    hessian_gradient = torch.autograd.grad(product, values)
    return -float(sum((gradient * row).sum() for gradient, row in zip(gradients, hessian_gradient)))


seeds = [ZeroCostMetrics.compute_synflow_score(network(seed), data, device) for seed in range(3)]
leaky = ZeroCostMetrics.compute_synflow_score(network(0, "leaky_relu"), data, device)
expected = [synflow(network(seed)) for seed in range(3)]
print("SynFlow of three seeds:", seeds, f"of leaky ReLU: {leaky}; expected", expected)
assert len({*seeds, leaky}) == 1 and len(set(expected)) == 3

signs = []
for seed in range(8):
    score = ZeroCostMetrics.compute_grasp_score(network(seed), data, classes, device, 3)
    right = grasp(network(seed))
    signs.append(score * right > 0)
    print(f"GraSP of seed {seed}: {score:.4f}, expected {right:.4f}")
assert not all(signs)

search = ZeroCostNAS(8, 3, device=device, log_level="ERROR")
distinct, same = network(0, "tanh"), network(0, "tanh")
with torch.no_grad():
    for layer in same.modules():
        if isinstance(layer, nn.Linear):
            layer.bias += 10 * torch.sign(torch.randn_like(layer.bias))
spreads, scores = [], []
for name, model in (("tells data apart", distinct), ("does not", same)):
    with torch.no_grad():
        spreads.append(float(model(data).std(0).mean()))
    scores.append(search._compute_ensemble_score(model, data, classes))
    print(f"a network that {name} (outputs spread by {spreads[-1]:.6f}):", scores[-1])
assert spreads[1] < 0.01 * spreads[0]
assert scores[1]["correlation"] > 0.9 > 0.5 > scores[0]["correlation"]
assert scores[1]["ensemble"] > 1.5 * scores[0]["ensemble"]
PYTHON
