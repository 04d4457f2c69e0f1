#!/usr/bin/env bash
# pandas 3.1.1, scipy 1.17.1, numpy 2.4.6
#
# DataFrame.corr leaves out every pair with an infinite value, also for ranks, and counts it as
# missing for `min_periods`; Series.corr and DataFrame.corrwith of the same columns rank it lowest
# or highest, as scipy does. The documentation of DataFrame.corr speaks of "NA/null values", and
# `isna` of an infinite value is False. One would expect one rank correlation.
#
# A proxy that returns -inf for networks it holds for untrainable (log-determinants of singular
# kernels do) has a perfect correlation in the matrix of a frame, as if it had not judged them.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check \
  pandas==3.1.1 scipy==1.17.1 numpy==2.4.6

cd "$folder"
"$folder/venv/bin/python" - <<'PYTHON'
import math

import numpy as np
import pandas as pd
from scipy import stats

accuracies = np.arange(10.0)
scores = accuracies.copy()
scores[[0, 5]] = -np.inf
assert not pd.isna(scores).any()
frame = pd.DataFrame({"score": scores, "accuracy": accuracies})
for method, by_scipy in (
    ("kendall", stats.kendalltau(scores, accuracies).statistic),
    ("spearman", stats.spearmanr(scores, accuracies).statistic),
):
    of_frame = frame.corr(method=method).loc["score", "accuracy"]
    of_series = frame["score"].corr(frame["accuracy"], method=method)
    print(f"{method}: DataFrame.corr {of_frame:.4f}, Series.corr {of_series:.4f}, scipy {by_scipy:.4f}")
    assert math.isclose(of_frame, 1.0)
    assert math.isclose(of_series, by_scipy) and of_series < 0.9
enough = frame.corr(method="kendall", min_periods=9).loc["score", "accuracy"]
print(f"kendall of a frame of ten rows with min_periods=9: {enough}")
assert math.isnan(enough)
PYTHON
