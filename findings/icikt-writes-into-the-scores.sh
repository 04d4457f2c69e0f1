#!/usr/bin/env bash
# icikt 1.6.2, scipy 1.17.1, numpy 2.4.6
#
# The information-content-informed Kendall tau, made for tables with missing values, replaces them in the
# arrays of the caller: after the call a failed network has a score, a tenth below the worst, and minus
# infinity is -1.8e308. What is computed or stored afterwards takes both for measured. The offset is a tenth
# in every unit, and the second tau of the same scores is the first, so that nothing shows. With
# perspective="local", which copies, the arrays stay as they are.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check \
  icikt==1.6.2 scipy==1.17.1 numpy==2.4.6

cd "$folder"
"$folder/venv/bin/python" -W ignore - <<'PYTHON'
import numpy as np
from icikt import icikt

generator = np.random.default_rng(0)
accuracies = generator.uniform(80, 95, 40).round(2)
measured = (accuracies - 80) / 15 + generator.normal(0, 0.2, 40)
measured[:4] = np.nan

scores = measured.copy()
icikt(scores, accuracies, perspective="local")
assert np.array_equal(scores, measured, equal_nan=True)
tau = float(icikt(scores, accuracies)[0])
print(f"tau {tau:.3f} of {np.isfinite(measured).sum()} scores with mean {np.nanmean(measured):.3f}", end="; ")
print(f"afterwards {np.isfinite(scores).sum()} scores with mean {scores.mean():.3f}, the failed ones {scores[:4]}")
assert np.allclose(scores[:4], np.nanmin(measured) - 0.1) and np.array_equal(scores[4:], measured[4:])
assert float(icikt(scores, accuracies)[0]) == tau

infinite = measured.copy()
infinite[:4] = -np.inf
icikt(infinite, accuracies)
print("scores of minus infinity afterwards:", infinite[:4])
assert (infinite[:4] == np.finfo(float).min).all()
PYTHON
