#!/usr/bin/env bash
# BOHB_HPO 0.5.2, statsmodels 0.15.0, scipy 1.17.1, numpy 2.4.6
#
# Values are drawn from the model of good configurations as if every range were 0 to 1, and then clipped to
# the range that they have: of a width from 16 to 256 each suggestion of the model is 16, whatever was good;
# of one from 0.2 to 0.9 they are right. What remains is a search at random that spends a seventh of its
# evaluations on the smallest network.
# Half of the configurations evaluated with more than the fewest epochs were not evaluated with fewer: the
# model suggests new ones in the middle of a round of successive halving.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check BOHB_HPO==0.5.2 \
  statsmodels==0.15.0 scipy==1.17.1 numpy==2.4.6 pandas==3.1.1 dask==2026.8.0

cd "$folder"
"$folder/venv/bin/python" -W ignore - <<'PYTHON'
import bohb.configspace as configspace
import numpy as np
from bohb import BOHB


class Watched(BOHB):
    """Notes of each sample whether there was a model to draw it from."""

    def get_sample(self):
        self.modelled.append(self.kde_good is not None)
        return super().get_sample()


def search(lower, upper, best, **options):
    """Widths and epochs of all evaluations, and whether there was a model."""
    np.random.seed(0)
    evaluations = []

    def evaluate(configuration, epochs):
        evaluations.append((configuration["width"], epochs))
        return abs(configuration["width"] - best) / (upper - lower)

    width = configspace.UniformHyperparameter("width", lower, upper)
    optimizer = Watched(
        configspace.ConfigurationSpace([width], seed=0), evaluate, max_budget=81, min_budget=1, **options
    )
    optimizer.modelled = []
    optimizer.optimize()
    widths, epochs = np.array(evaluations).T
    return widths, epochs, np.array(optimizer.modelled)


for lower, upper, best in ((0.2, 0.9, 0.7), (16, 256, 200)):
    widths, _, modelled = search(lower, upper, best, random_percent=0)
    suggestions = widths[modelled]
    print(f"width from {lower} to {upper}, best at {best}: {len(suggestions)} suggestions of the model", end=", ")
    print(f"{(suggestions == lower).mean():.0%} of them {lower}, median {np.median(suggestions):.2f}")
    assert len(suggestions) > 20 and (suggestions == lower).mean() == (upper > 1)

widths, epochs, _ = search(16, 256, 200)
smallest = (widths == 16).mean()
new = np.mean([widths[index] not in widths[:index] for index in np.flatnonzero(epochs > 1)])
print(f"with default options {smallest:.0%} of {len(widths)} evaluations are of width 16", end="; ")
print(f"{new:.0%} of those with more than one epoch are of a width never evaluated before")
assert smallest > 0.1 and new > 0.4
PYTHON
