#!/usr/bin/env bash
# scipy 1.17.1
#
# `ttest_rel` takes the differences of the pairs in the type of the arrays: unsigned integers, as ranks or depths are
# stored, go round below zero, so 1 - 2 is 255. Of ten tasks on which the ranks of two proxies are 17 and 20 in sum, t
# is 4.63 with p = 0.001 where it is -0.67 with p = 0.52: the wrong one is significantly better. `wilcoxon`,
# `mannwhitneyu`, `ttest_ind` and the rank correlations are right for the same arrays.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check \
  scipy==1.17.1 numpy==2.4.6

cd "$folder"
"$folder/venv/bin/python" -W ignore - <<'PYTHON'
import math
import statistics

import numpy as np
from scipy import stats

first = [1, 2, 1, 3, 2, 1, 1, 2, 3, 1]
second = [2, 1, 2, 1, 3, 2, 3, 3, 1, 2]
differences = [a - b for a, b in zip(first, second, strict=True)]
right = statistics.mean(differences) / (statistics.stdev(differences) / math.sqrt(10))
print(f"sums of ranks {sum(first)} and {sum(second)}, t of the differences {right:.3f}")

for kind in (float, np.int64, np.int8, np.uint8, np.uint16, np.uint32, np.uint64):
    arrays = np.array(first, dtype=kind), np.array(second, dtype=kind)
    test = stats.ttest_rel(*arrays)
    print(f"{np.dtype(kind).name}: t {test.statistic:.3f}, p {test.pvalue:.4f}")
    if np.issubdtype(kind, np.unsignedinteger):
        assert test.statistic > 4 and test.pvalue < 0.002
    else:
        assert abs(test.statistic - right) < 1e-12 and test.pvalue > 0.5
    for other in (stats.wilcoxon, stats.mannwhitneyu, stats.kendalltau, stats.spearmanr, stats.ttest_ind):
        assert np.allclose(other(*arrays), other(np.array(first, float), np.array(second, float)))
PYTHON
