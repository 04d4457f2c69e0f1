#!/usr/bin/env bash
# scikit-learn 1.9.1
#
# `IsotonicRegression`, with which scores are turned into accuracies, takes scores that differ by less than 1e-15 for
# equal, an absolute number that depends on their type: in single precision, as torch returns them, it is 1e-6. All
# 50 networks with scores below 1e-6 get the one mean accuracy, while of the same scores times a million each has its
# own, although the order, on which alone the fit depends, is the same. In double precision it happens below 1e-15.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check \
  scikit-learn==1.9.1 numpy==2.4.6

cd "$folder"
"$folder/venv/bin/python" -W ignore - <<'PYTHON'
import numpy as np
from sklearn.isotonic import IsotonicRegression

generator = np.random.default_rng(0)
scores = np.sort(generator.random(50))
accuracies = np.sort(generator.uniform(84, 94, 50))  # in the order of the scores: the fit is exact

for kind, limit in ((np.float32, 1e-6), (np.float64, 1e-15)):
    for unit in (1.0, 100 * limit, limit, limit / 1000):
        column = (scores * unit).astype(kind)
        assert len(np.unique(column)) == 50
        fitted = IsotonicRegression().fit(column, accuracies).predict(column)
        print(
            f"{np.dtype(kind).name}, scores up to {unit:g}: {len(np.unique(fitted))} different accuracies, "
            f"largest error {np.abs(fitted - accuracies).max():.2f}"
        )
        if unit == 1.0:
            assert np.allclose(fitted, accuracies, atol=1e-4)
        if unit <= limit:
            assert np.allclose(fitted, accuracies.mean(), atol=1e-4)
PYTHON
