#!/usr/bin/env bash
# brad 0.2.0a0, scikit-learn 1.7.2, scipy 1.15.3, numpy 1.26.4
#
# `jackknife` returns a distribution whose standard error and intervals are those of a bootstrap: the means of all
# values but one hardly differ, and of 100 values the error is ten times too small. Intervals of 95% hold the true mean
# in one of eight cases. The p-value of `permutation_test` leaves out what equals the observation: where all of one
# group are above all of the other it is 0, whatever their number, and of two values 0 in place of 0.5.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check \
  brad==0.2.0a0 scikit-learn==1.7.2 scipy==1.15.3 numpy==1.26.4

cd "$folder"
"$folder/venv/bin/python" -W ignore - <<'PYTHON'
import numpy as np
from brad import bootstrap, jackknife, permutation_test
from scipy.stats import permutation_test as exact_test

generator = np.random.default_rng(0)
for size in (25, 100, 400):
    accuracies = generator.normal(90, 2, size)
    error, right = jackknife(accuracies, statistic=np.mean).standard_error(), accuracies.std(ddof=1) / np.sqrt(size)
    resampled = bootstrap(accuracies, 2000, statistic=np.mean).standard_error()
    print(f"standard error of {size} accuracies: {error:.3f}, right {right:.3f}, bootstrap {resampled:.3f}")
    assert abs(error * (size - 1) / np.sqrt(size) / right - 1) < 1e-6
    assert abs(resampled / right - 1) < 0.15

held = {"normal": 0, "pivotal": 0}
for _ in range(300):
    distribution = jackknife(generator.normal(90, 2, 100), statistic=np.mean)
    for kind in held:
        interval = distribution.confidence_interval(0.95, kind=kind)
        held[kind] += interval.lower <= 90 <= interval.upper
print("intervals of 95% that hold the true mean:", {kind: f"{count / 300:.0%}" for kind, count in held.items()})
assert all(count < 90 for count in held.values())


def difference(values, groups):
    return values[groups == 1].mean() - values[groups == 0].mean()


for size in (1, 2, 3, 4):
    values, groups = np.arange(2.0 * size), np.repeat([0, 1], size)
    p = permutation_test(values, groups, 2000, statistic=difference).p_value()
    right = 0.5 if size == 1 else exact_test(
        (values[size:], values[:size]), lambda a, b: a.mean() - b.mean(), alternative="greater"
    ).pvalue
    print(f"p of {size} above {size}: {p:.3f}, right {right:.3f}")
    assert p == 0 and right > 0.01
PYTHON
