#!/usr/bin/env bash
# esek 0.1.38, pingouin 0.7.0, arch 8.0.0, astropy 8.0.2, statsmodels 0.15.0, pandas 3.1.1, scipy 1.17.1, numpy 2.4.6
#
# The interval of the rank-biserial correlation, the effect size of Mann and Whitney's test, is the narrower the more
# confidence is asked for, and does not narrow with more values: its quantile is 0.06 in place of 1.96, and its error
# divides by 3 n + m in place of 3 n m. Intervals of 95% hold the true value in one of four cases. The interval of
# Kendall's tau-a reaches from -17 to 19, and its p is 0.47 where the right one is below 0.001. All p-values of ordinal
# correlations are of one side: of a tau-b of -0.77 p is 1.00.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check \
  esek==0.1.38 pingouin==0.7.0 arch==8.0.0 astropy==8.0.2 statsmodels==0.15.0 pandas==3.1.1 scipy==1.17.1 numpy==2.4.6

cd "$folder"
"$folder/venv/bin/python" -W ignore - <<'PYTHON'
import re

import numpy as np
from esek.calculators.correlations.ordinal_by_ordinal import OrdinalByOrdinal
from esek.calculators.two_independent_mean.two_independent_aparametric import TwoIndependentAparametricTests
from scipy.stats import kendalltau, norm

generator = np.random.default_rng(0)
TRUE = 2 * norm.cdf(0.5 / np.sqrt(2)) - 1  # rank-biserial correlation of two normal distributions half a unit apart


def interval(size, confidence):
    groups = [generator.normal(0.5, 1, size), generator.normal(0, 1, size)]
    effect = TwoIndependentAparametricTests.from_data(groups, confidence_level=confidence).rank_biserial_correlation
    return np.array([effect.ci.lower, effect.ci.upper])


def width(size, confidence):
    """Mean width on Fisher's scale, where it does not depend on the correlation."""
    return np.mean([np.ptp(np.arctanh(interval(size, confidence))) for _ in range(10)])


by_confidence = [width(30, confidence) for confidence in (0.5, 0.8, 0.95, 0.99)]
by_size = [width(size, 0.95) for size in (10, 40, 160)]
print("width with a confidence of 50, 80, 95 and 99%:", np.round(by_confidence, 3))
print("width with 10, 40 and 160 values in each group:", np.round(by_size, 3))
assert all(np.diff(by_confidence) < 0)
assert by_size[2] > 0.9 * by_size[0]
intervals = np.array([interval(30, 0.95) for _ in range(200)])
held = np.mean((intervals[:, 0] <= TRUE) & (TRUE <= intervals[:, 1]))
print(f"intervals of 95% that hold the true value: {held:.0%}")
assert held < 0.4


def tau(sign):
    scores = np.random.default_rng(1).normal(size=16)
    accuracies = sign * (2 * scores + np.random.default_rng(2).normal(size=16))
    measures = OrdinalByOrdinal.from_data(
        {
            "Variable 1": scores,
            "Variable 2": accuracies,
            "Confidence Level": 95,
            "Number Of Bootstraps Samples": 20,
        }
    )["The Gamma Family Measures"]
    values = dict(line.split(": ", 1) for line in measures.splitlines())
    bounds = [float(bound) for bound in re.findall(r"\((.*?)\)", values["CI_tau_a"])]
    return float(values["p-value_tau_a"]), float(values["p-value_tau_b"]), bounds, kendalltau(scores, accuracies)


for sign in (1, -1):
    p_a, p_b, bounds, right = tau(sign)
    print(
        f"tau {right.statistic:.2f}: p of tau-a {p_a:.2f}, of tau-b {p_b:.5f}, right {right.pvalue:.5f}; "
        f"interval of tau-a {np.round(bounds, 1)}"
    )
    assert right.pvalue < 0.001 and abs(p_a - 0.5) < 0.1
    assert bounds[0] < -5 and bounds[1] > 5
    assert p_b < 0.001 if sign == 1 else p_b > 0.999
PYTHON
