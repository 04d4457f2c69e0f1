#!/usr/bin/env bash
# scikit-posthocs 0.17.1, scipy 1.17.1, numpy 2.4.6
#
# Where all tasks rank the methods alike, Conover's test after Friedman's, Durbin's and Quade's divide by a
# variance of 0: p is 0 for every pair, from two tasks on, without a warning, also after Holm's correction.
# Of random scores of three methods two tasks agree in one of six cases; all orders of two tasks counted,
# Friedman's exact p cannot be below 1/6, that of Nemenyi is 0.11 and Wilcoxon's 0.5.
#
# A few data sets on which methods keep their order, as is usual for sizes and FLOPs, are then "p < 0.001".
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check scikit-posthocs==0.17.1 \
  scipy==1.17.1 numpy==2.4.6 pandas==3.1.1 statsmodels==0.15.0 matplotlib==3.11.2 seaborn==0.13.2

cd "$folder"
"$folder/venv/bin/python" -W ignore - <<'PYTHON'
import itertools

import numpy as np
import scikit_posthocs as posthocs
from scipy import stats

certain = {
    "Conover": lambda values: posthocs.posthoc_conover_friedman(values, p_adjust="holm"),
    "Durbin": lambda values: posthocs.posthoc_durbin(values, p_adjust="holm"),
    "Quade": lambda values: posthocs.posthoc_quade(values, p_adjust="holm"),
}
others = {
    "Nemenyi": posthocs.posthoc_nemenyi_friedman,
    "Siegel": lambda values: posthocs.posthoc_siegel_friedman(values, p_adjust="holm"),
}
pairs = np.triu_indices(3, 1)
for tasks in (2, 3):
    scores = np.arange(3) + np.arange(tasks)[:, None] / 10  # methods in one order on every task
    for name, test in {**certain, **others}.items():
        values = test(scores).to_numpy()[pairs]
        print(f"{tasks} tasks of one order, {name}: p", *np.round(values, 3))
        assert (values.max() == 0) == (name in certain)
    p = stats.wilcoxon(scores[:, 0], scores[:, 2]).pvalue
    print(f"{tasks} tasks of one order, Wilcoxon: p {p:.3f}")
    assert p >= 2 / 2**tasks - 1e-9

orders = np.array(list(itertools.product(itertools.permutations(range(3)), repeat=2)), dtype=float)
for name, test in {**certain, **others}.items():
    with np.errstate(all="ignore"):
        found = [bool((test(order).to_numpy()[pairs] < 0.001).any()) for order in orders]
    print(f"share of all orders of three methods on two tasks with p < 0.001, {name}: {np.mean(found):.3f}")
    assert (abs(np.mean(found) - 1 / 6) < 1e-9) == (name in certain)
PYTHON
