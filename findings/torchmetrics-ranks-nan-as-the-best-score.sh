#!/usr/bin/env bash
# torchmetrics 1.9.0, torch 2.13.0, scipy 1.17.1, numpy 2.4.6
#
# torchmetrics gives NaN ranks: spearman_corrcoef takes it for the highest value, several of them for
# different ones in the order of the rows, and kendall_rank_corrcoef for something else. Both return a
# number. pearson_corrcoef of the same package returns NaN, and so do scipy's three. A constant score has
# a Spearman correlation of 0, and a Kendall and a Pearson correlation of NaN. The documentation
# names none of this.
#
# A proxy that returns NaN for the best network has a perfect Spearman correlation, for the worst one
# of 0.45, and a proxy that failed on three networks has a correlation that depends on their order.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check \
  torchmetrics==1.9.0 torch==2.13.0 scipy==1.17.1 numpy==2.4.6

cd "$folder"
"$folder/venv/bin/python" -W ignore - <<'PYTHON'
import math

import numpy as np
import torch
from scipy import stats
from torchmetrics.functional import kendall_rank_corrcoef, pearson_corrcoef, spearman_corrcoef

METRICS = {
    "spearman": (spearman_corrcoef, stats.spearmanr),
    "kendall": (kendall_rank_corrcoef, stats.kendalltau),
    "pearson": (pearson_corrcoef, stats.pearsonr),
}
accuracies = np.arange(10.0)


def correlations(name, scores, truth=accuracies):
    values = {}
    for metric, (by_torch, by_scipy) in METRICS.items():
        values[metric] = float(by_torch(torch.tensor(scores), torch.tensor(truth)))
        other = float(by_scipy(scores, truth)[0])
        print(f"{name}: {metric} {values[metric]:.3f}, scipy {other:.3f}")
        assert math.isnan(other)
    assert math.isnan(values["pearson"])
    return values


scores = {}
for name, networks in (("NaN for the best", [9]), ("NaN for the worst", [0]), ("NaN for three", [0, 4, 8])):
    scores[name] = accuracies.copy()
    scores[name][networks] = np.nan
best, worst, three = (correlations(name, values) for name, values in scores.items())
assert best["spearman"] > 0.9999 and 0.4 < worst["spearman"] < 0.5
assert not math.isnan(best["kendall"]) and best["kendall"] < 0.9

turned = scores["NaN for three"][::-1].copy(), accuracies[::-1].copy()
backwards = correlations("the same, rows backwards", *turned)
assert abs(backwards["spearman"] - three["spearman"]) > 0.01

constant = correlations("a constant", np.ones(10))
assert constant["spearman"] == 0.0 and math.isnan(constant["kendall"])
PYTHON
