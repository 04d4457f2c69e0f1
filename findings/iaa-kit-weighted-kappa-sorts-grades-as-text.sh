#!/usr/bin/env bash
# iaa-kit 0.1.2, numpy 2.4.6
#
# Weighted kappa orders grades by their text: 1, 10, 11, 12, 2 and so on. Of two proxies' grades from 1 to 12 that
# differ by at most one the quadratic one is 0.66 in place of 0.98. Gwet's AC2 is not computed at all: `ac2` is the
# weighted kappa, of two grades, where it equals AC1, -0.02 in place of 0.94. Krippendorff's alpha for ordinal grades is
# that for intervals, and changes when the highest grade gets another name, from 0.84 to 0.79 here. The prevalence index
# is of agreements less disagreements: 1 for two perfectly balanced grades, where it is 0.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check iaa-kit==0.1.2 numpy==2.4.6

cd "$folder"
"$folder/venv/bin/python" -W ignore - <<'PYTHON'
import numpy as np
from iaa_kit import ac1, ac2, alpha_value, prevalence_index, weighted_kappa

generator = np.random.default_rng(0)


def kappa(first, second, power):
    """Weighted kappa of integers, by its definition."""
    observed = np.mean(np.abs(first - second) ** power)
    return 1 - observed / np.mean(np.abs(first[:, None] - second[None]) ** power)


first = generator.integers(1, 13, 200)
second = np.clip(first + generator.integers(-1, 2, 200), 1, 12)
for name, power in (("linear", 1), ("quadratic", 2)):
    value, right = weighted_kappa(first.tolist(), second.tolist(), name), kappa(first, second, power)
    few = weighted_kappa((first % 9).tolist(), (second % 9).tolist(), name)
    print(f"{name} kappa of grades from 1 to 12: {value:.2f}, right {right:.2f}")
    assert value < right - 0.15
    assert abs(few - kappa(first % 9, second % 9, power)) < 1e-9  # right up to nine, where text and numbers agree

yes, no = [1] * 95 + [0] * 5, [1] * 94 + [0] + [1] * 5
share = (np.mean(yes) + np.mean(no)) / 2
agreement, chance = np.mean(np.array(yes) == np.array(no)), 2 * share * (1 - share)
right = (agreement - chance) / (1 - chance)  # Gwet's AC1, and AC2 of two grades
print(f"AC1 {ac1(yes, no):.2f}, AC2 {ac2(yes, no):.2f}, right {right:.2f}")
assert abs(ac1(yes, no) - right) < 1e-9 and ac2(yes, no) < 0 < right - 0.9

ratings = np.stack([first % 3 + 1, np.clip(first % 3 + 1 + (generator.random(200) < 0.3), 1, 3)], axis=1)
renamed = np.where(ratings == 3, 30, ratings)  # the order of the grades stays
before, after = alpha_value(ratings.tolist(), "ordinal"), alpha_value(renamed.tolist(), "ordinal")
interval = alpha_value(ratings.tolist(), "interval")
print(f"ordinal alpha {before:.2f}, with 30 for 3 {after:.2f}; interval {interval:.2f}")
assert before == interval and abs(before - after) > 0.03

balanced = [1] * 50 + [0] * 50
print(f"prevalence index of 50 and 50: {prevalence_index(balanced, balanced):.0f}, right 0")
assert prevalence_index(balanced, balanced) == 1
PYTHON
