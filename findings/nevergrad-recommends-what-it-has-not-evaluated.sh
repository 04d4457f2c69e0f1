#!/usr/bin/env bash
# nevergrad 1.0.12
#
# `minimize` with CMA, TBPSA or EDA returns the middle of its distribution, although its documentation says
# the candidate with minimal loss. Over choices, as the operations of a cell are, that is the likeliest
# operation on every edge, mostly an architecture that was never evaluated, of no known loss (`loss` is
# None), and far worse than the best that was. The loss is exact here and evaluated once for each. DE,
# random search and others return the best that they evaluated.
#
# Who compares optimisers by what they return finds CMA far worse than random search, although the best
# architecture that CMA evaluated is better.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check \
  nevergrad==1.0.12 numpy==2.4.6 scipy==1.17.1

cd "$folder"
"$folder/venv/bin/python" -W ignore - <<'PYTHON'
import nevergrad
import numpy as np

OPERATIONS = ("conv3x3", "conv1x1", "skip", "pool", "none")
seen = {}
for name in ("CMA", "TBPSA", "EDA", "DE", "RandomSearch"):
    known, best, returned, losses = 0, [], [], []
    for seed in range(10):
        cell = nevergrad.p.Instrumentation(*(nevergrad.p.Choice(OPERATIONS) for _ in range(6)))
        cell.random_state.seed(seed)
        costs = [np.random.default_rng([seed, edge]).permutation(5) * edge for edge in range(1, 7)]
        evaluated = {}

        def loss(*operations):
            total = sum(cost[OPERATIONS.index(operation)] for cost, operation in zip(costs, operations))
            evaluated[operations] = float(total)
            return float(total)

        recommended = nevergrad.optimizers.registry[name](cell, budget=100).minimize(loss)
        best.append(min(evaluated.values()))
        known += recommended.args in evaluated
        losses.append(recommended.loss)
        returned.append(loss(*recommended.args))
    seen[name] = known, np.mean(best), np.mean(returned)
    print(f"{name}: {known} of 10 recommendations were evaluated; mean loss {np.mean(returned):.1f},", end=" ")
    print(f"of the best evaluated {np.mean(best):.1f}; loss of the last {losses[-1]}")
    assert (None in losses) == (known < 10)

for name in ("CMA", "TBPSA", "EDA"):
    assert seen[name][0] < 5 and seen[name][2] > 1.3 * seen[name][1]
for name in ("DE", "RandomSearch"):
    assert seen[name][0] == 10 and seen[name][2] == seen[name][1]
assert seen["CMA"][1] < seen["RandomSearch"][1] < seen["CMA"][2]
PYTHON
