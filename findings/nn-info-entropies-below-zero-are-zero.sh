#!/usr/bin/env bash
# nn_info 0.0.7, scikit-learn 1.9.1, scipy 1.17.1, sympy 1.14.0, numpy 2.4.6
#
# The entropy of continuous values may be negative, and is returned as 0: of accuracies in shares around 0.93 it is 0
# whether they spread by 0.001 or by 0.1. Of more than one neighbour it is too large, by 0.40 for three and 0.53 for
# ten, however many values there are. The divergence of Wang et al. takes the number of the first sample for that of
# both: of a sample ten times smaller it is off by the logarithm of ten (2.3 for two equal distributions), of one ten
# times larger it is 0 where 0.5 is right.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check \
  nn_info==0.0.7 scikit-learn==1.9.1 scipy==1.17.1 sympy==1.14.0 numpy==2.4.6

cd "$folder"
"$folder/venv/bin/python" -W ignore - <<'PYTHON'
import numpy as np
from nn_info.estimators import WMI, entropy
from scipy.special import digamma

generator = np.random.default_rng(0)
standard = generator.normal(size=4000)
for deviation in (0.001, 0.01, 0.1, 1.0, 10.0):
    value = entropy(0.93 + deviation * standard, k=1)
    right = 0.5 * np.log(2 * np.pi * np.e * deviation**2)
    print(f"entropy of a normal distribution of deviation {deviation}: {value:.2f}, right {right:.2f}")
    assert (value == 0 and right < -0.8) if deviation <= 0.1 else abs(value - right) < 0.1
for size in (1000, 4000):
    errors = {k: entropy(standard[:size], k=k) - 0.5 * np.log(2 * np.pi * np.e) for k in (1, 3, 10)}
    print(f"error with {size} values:", {k: round(float(error), 2) for k, error in errors.items()})
    assert abs(errors[1]) < 0.1
    assert all(abs(errors[k] - (digamma(k) - np.log(k) + np.euler_gamma)) < 0.1 for k in (3, 10))
    assert errors[3] > 0.3 and errors[10] > 0.4

for shift, right in ((0, 0.0), (1, 0.5)):
    first = generator.normal(size=1000)
    divergences = [
        WMI((first, generator.normal(shift, 1, size)), measure="KLD", k=5) for size in (100, 1000, 10000)
    ]
    print(f"divergence of 1000 from 100, 1000 and 10000 at distance {shift}: {np.round(divergences, 2)}, right {right}")
    assert abs(divergences[0] - right - np.log(10)) < 0.4
    assert abs(divergences[1] - right) < 0.2
    assert divergences[2] == 0
PYTHON
