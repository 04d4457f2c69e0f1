#!/usr/bin/env bash
# torchmetrics 1.9.0, torch 2.13.0, scipy 1.17.1, numpy 2.4.6
#
# spearman_corrcoef adds the ranks of equal values as 32-bit integers, to give each their mean. Where
# that sum is over 2^31 it wraps and the mean rank is a wrong, often negative number: among 423,624 rows
# some 5,000 equal values of high rank are enough. No error or warning; the result may have the wrong
# sign. Fewer ties or rows give scipy's value.
#
# 423,624 is the number of networks of NAS-Bench-101. A score of seven levels, such as a depth, that
# orders them as their accuracies do has a correlation of 0.99 and gets -0.99 here.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check \
  torchmetrics==1.9.0 torch==2.13.0 scipy==1.17.1 numpy==2.4.6

cd "$folder"
"$folder/venv/bin/python" -W ignore - <<'PYTHON'
import torch
from scipy import stats
from torchmetrics.functional import spearman_corrcoef

torch.manual_seed(0)
for networks, levels, right in ((15_625, 7, True), (423_624, 100, True), (423_624, 7, False), (423_624, 2, False)):
    accuracies = torch.randn(networks, dtype=torch.float64)
    scores = (accuracies.argsort().argsort() * levels // networks).double()  # equal groups, in order
    by_torchmetrics = float(spearman_corrcoef(scores, accuracies))
    by_scipy = float(stats.spearmanr(scores.numpy(), accuracies.numpy()).statistic)
    ties = int(scores.unique(return_counts=True)[1].max())
    print(f"{networks} networks, {levels} scores of {ties}: {by_torchmetrics:.4f}, scipy {by_scipy:.4f}")
    assert (abs(by_torchmetrics - by_scipy) < 1e-4) == right
    assert right or by_torchmetrics < -0.8
PYTHON
