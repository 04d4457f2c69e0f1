#!/usr/bin/env bash
# CRPS 2.0.4, numpy 2.4.6
#
# The continuous ranked probability score of a missing value is NaN if it is the object `numpy.nan` itself, by which the
# package looks for it. A NaN out of an array or a file, as the accuracy of a network that failed, is another object: its
# score is that of the lowest member of its ensemble, whatever that is, and the mean over networks shows no gap.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check CRPS==2.0.4 numpy==2.4.6

cd "$folder"
"$folder/venv/bin/python" -W ignore - <<'PYTHON'
import numpy as np
from CRPS.CRPS import CRPS


def score(ensemble, accuracy):
    return CRPS(ensemble, accuracy).compute()[0]


def by_definition(ensemble, accuracy):
    pairs = np.abs(np.subtract.outer(ensemble, ensemble)).mean() / 2
    return np.abs(ensemble - accuracy).mean() - pairs


generator = np.random.default_rng(0)
ensembles = generator.normal(90, 1, (20, 10))
accuracies = generator.normal(90, 1, 20)
scores = [score(*pair) for pair in zip(ensembles, accuracies)]
assert np.allclose(scores, [by_definition(*pair) for pair in zip(ensembles, accuracies)])

accuracies[[3, 8, 15]] = np.nan
scores = np.array([score(*pair) for pair in zip(ensembles, accuracies)], dtype=float)
print(f"scores of three missing accuracies {scores[[3, 8, 15]].round(3)}, mean of all 20 {scores.mean():.3f}")
print(f"score of numpy.nan: {score(ensembles[3], np.nan)}")
assert np.isnan(score(ensembles[3], np.nan))
for i in (3, 8, 15):
    assert abs(scores[i] - by_definition(ensembles[i], ensembles[i].min())) < 1e-9
PYTHON
