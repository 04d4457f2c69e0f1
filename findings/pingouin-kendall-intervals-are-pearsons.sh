#!/usr/bin/env bash
# pingouin 0.7.0, numpy 2.4.6
#
# pingouin.corr(method="kendall") puts Kendall's tau into the formulas of Pearson's r for its 95%
# interval and for its power. After Fisher's transformation tau has less than half the variance of r:
# the interval is half as wide again as it should be, holds 0 where the p-value of the same row is 0.01, and
# holds the true tau of normal data in over 99% of samples. The documentation calls them "95% parametric
# confidence intervals". One would expect a row to agree with itself.
#
# Whoever takes error bars of rank correlations from it does not see differences between proxies that
# are there.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check \
  pingouin==0.7.0 numpy==2.4.6

cd "$folder"
"$folder/venv/bin/python" -W ignore - <<'PYTHON'
import math

import numpy as np
import pingouin

generator = np.random.default_rng(0)
scores = generator.normal(size=30)
accuracies = scores + generator.normal(size=30)
row = pingouin.corr(scores, accuracies, method="kendall").iloc[0]
low, high = row["CI95"]
print(f"tau {row['r']:.2f}, p {row['p_val']:.3f}, interval {low} to {high}, power {row['power']:.2f}")
assert row["p_val"] < 0.02 and low < 0 < high

CORRELATION, SAMPLE, REPEATS = 0.6, 50, 400
covariance = [[1, CORRELATION], [CORRELATION, 1]]
truths = {"pearson": CORRELATION, "kendall": 2 / math.pi * math.asin(CORRELATION)}
for method, truth in truths.items():
    held = 0
    for _ in range(REPEATS):
        pairs = generator.multivariate_normal([0, 0], covariance, size=SAMPLE)
        low, high = pingouin.corr(pairs[:, 0], pairs[:, 1], method=method).iloc[0]["CI95"]
        held += low <= truth <= high
    print(f"{method}: {held} of {REPEATS} intervals hold {truth:.3f}")
    assert held / REPEATS > (0.985 if method == "kendall" else 0.92)
    assert method == "kendall" or held / REPEATS < 0.98
PYTHON
