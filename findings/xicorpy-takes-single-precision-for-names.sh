#!/usr/bin/env bash
# xicorpy 0.6, pandas 2.3.3, scipy 1.17.1, numpy 2.4.6
#
# Columns of another type than Python's "int" and "float" are taken for names, numbered in the order in which they
# appear: scores in single precision, as torch returns them, and small integers become numbers of rows. Of 500 scores
# in random order that determine the accuracy the xi is -0.04 where it is 0.99; sorted worst first it is right, since
# rows and ranks then agree. In double precision the same numbers are right, and scipy is right for all. The pages of
# the package do not say which types are numbers.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check \
  xicorpy==0.6 pandas==2.3.3 scipy==1.17.1 numpy==2.4.6

cd "$folder"
"$folder/venv/bin/python" -W ignore - <<'PYTHON'
import numpy as np
from scipy.stats import chatterjeexi
from xicorpy import compute_xi_correlation


def xi(scores, accuracies):
    return float(compute_xi_correlation(scores, accuracies, get_modified_xi=False)[0, 0])


generator = np.random.default_rng(0)
scores = generator.permutation(500) / 100
accuracies = np.sin(scores)
for kind in (np.float64, np.float32, np.int64, np.int16):
    column = (scores * 100).round().astype(kind)
    assert len(np.unique(column)) == 500
    value, right = xi(column, accuracies), chatterjeexi(column, accuracies).statistic
    print(f"{kind.__name__}: {value:.2f}, by scipy {right:.2f}")
    if kind in (np.float64, np.int64):
        assert abs(value - right) < 1e-9
    else:
        assert right > 0.9 and abs(value) < 0.1

order = np.argsort(scores)
single = scores.astype(np.float32)
assert abs(xi(single[order], accuracies[order]) - chatterjeexi(scores, accuracies).statistic) < 1e-9
assert abs(xi(scores, accuracies.astype(np.float32))) < 0.1  # accuracies alone as well
PYTHON
