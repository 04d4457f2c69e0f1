#!/usr/bin/env bash
# scipy 1.17.1, numpy 2.4.6
#
# Of a score that is NaN for one network, kendalltau, spearmanr and pearsonr are NaN. weightedtau ranks it
# lowest even where `nan_policy="propagate"`, whose description promises NaN, is given; a note at its end
# says so. somersd counts the categories of `numpy.unique`, where NaN is the last, and so ranks it
# highest; its documentation does not say so, and it has no `nan_policy`.
#
# A proxy that fails on the best network has a Somers' D of 1 and a weighted tau of 0.44; one that fails on
# the worst has 0.6 and 1.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check scipy==1.17.1 numpy==2.4.6

cd "$folder"
"$folder/venv/bin/python" -W ignore - <<'PYTHON'
import math

import numpy as np
from scipy import stats

accuracies = np.arange(10.0)
CORRELATIONS = {
    "kendalltau": stats.kendalltau,
    "spearmanr": stats.spearmanr,
    "pearsonr": stats.pearsonr,
    "weightedtau": lambda scores, truth: stats.weightedtau(scores, truth, nan_policy="propagate"),
    "somersd": stats.somersd,
}
EXPECTED = {
    "best": {"weightedtau": 0.444, "somersd": 1.0},
    "worst": {"weightedtau": 1.0, "somersd": 0.6},
}
for name, network in (("best", 9), ("worst", 0)):
    scores = accuracies.copy()
    scores[network] = math.nan
    for function, correlate in CORRELATIONS.items():
        value = float(correlate(scores, accuracies).statistic)
        print(f"NaN for the {name} of ten networks: {function} {value:.3f}")
        if function in EXPECTED[name]:
            assert abs(value - EXPECTED[name][function]) < 0.001
        else:
            assert math.isnan(value)
    known = ~np.isnan(scores)
    assert stats.somersd(scores[known], accuracies[known]).statistic > 0.999
    assert stats.weightedtau(scores, accuracies, nan_policy="omit").statistic > 0.999
assert len(stats.somersd(scores, accuracies).table) == 10
assert "will be NaN" in " ".join(stats.weightedtau.__doc__.split()).split("``omit``")[0]
PYTHON
