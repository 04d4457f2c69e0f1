#!/usr/bin/env bash
# jmetalpy 1.9.0, scipy 1.17.1, pandas 3.1.1, numpy 2.3.5 (without the libraries that its searches and plots need)
#
# The p-value of `sign_test` is of more wins than were seen in place of at least as many: a method that wins one task of
# one, or five of five, has p = 0, where it is 1 and 0.06. Ties count as tasks, and of one win and seven ties p is 1.93.
# Hochberg's procedure takes the largest of the products where the definition takes the smallest: with p-values of
# 0.001, 0.4 and 0.9 all adjusted ones are 0.9, while Holm's, which are never below Hochberg's, begin with 0.003.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check \
  scipy==1.17.1 pandas==3.1.1 numpy==2.3.5
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps jmetalpy==1.9.0

cd "$folder"
"$folder/venv/bin/python" -W ignore - <<'PYTHON'
import numpy as np
import pandas as pd
from jmetal.lab.statistical_test.apv_procedures import hochberg, holm
from jmetal.lab.statistical_test.functions import friedman_ph_test, sign_test
from scipy.stats import binomtest


def p_value(wins, losses, ties=0):
    accuracies = [[90, 80]] * wins + [[80, 90]] * losses + [[80, 80]] * ties
    return float(sign_test(np.array(accuracies)).loc["p-value", "Results"])


for wins, losses in ((1, 0), (3, 0), (5, 0), (8, 0), (7, 1), (4, 4)):
    value, exact = p_value(wins, losses), binomtest(wins, wins + losses).pvalue
    print(f"{wins} wins and {losses} losses: p = {value:.3f}, exact {exact:.3f}")
    assert value < exact / 1.2 and (losses or value == 0)
tied = p_value(1, 0, ties=7)
print(f"1 win and 7 ties: p = {tied:.3f}")
assert tied > 1.9

values = pd.DataFrame([[1.0, 0.001, 0.4, 0.9]], columns=["ours", "first", "second", "third"])
adjusted, by_holm = (procedure(values, control=0).iloc[:, 0].to_numpy() for procedure in (hochberg, holm))
right = [0.003, 0.8, 0.9]  # the minimum of 3 * 0.001, 2 * 0.4 and 0.9, then of 2 * 0.4 and 0.9, then 0.9
print(f"p of 0.001, 0.4 and 0.9: Hochberg {adjusted}, right {right}, Holm {by_holm}")
assert np.allclose(adjusted, 0.9) and np.allclose(right, [0.003, 0.8, 0.9]) and np.allclose(by_holm, right)

generator = np.random.default_rng(0)  # "good" is first on 20 tasks, and the others are alike
accuracies = pd.DataFrame(generator.random((20, 4)), columns=["ours", "second", "third", "good"])
accuracies["good"] += 1
_, raw, table = friedman_ph_test(accuracies, control="ours", apv_procedure="Hochberg")
print(f"Friedman: p of {raw['good'].iloc[0]:.0e} becomes {table.loc['ours vs good', 'Hochberg']:.2f}")
assert raw["good"].iloc[0] < 1e-3 and table.loc["ours vs good", "Hochberg"] > 0.3
PYTHON
