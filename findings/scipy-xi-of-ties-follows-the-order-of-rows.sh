#!/usr/bin/env bash
# scipy 1.17.1
#
# Chatterjee's xi breaks ties of the first variable at random. `scipy.stats.chatterjeexi` leaves them as the
# rows lie, which a note of its documentation calls arbitrary. In a table sorted by accuracy every run of
# ties is sorted by accuracy too: a depth of five values and an accuracy that are independent have a xi of
# 0.97 and a p-value of 0 instead of 0.0 and some 0.5, whether the best is first or last. `kendalltau` and
# `spearmanr` do not depend on the order.
#
# Scores with ties, as counts of layers and parameters, seem to determine the accuracy in any table that is
# sorted by it. Noise added to the score, or rows in random order, give the right value.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check numpy==2.4.6 scipy==1.17.1

cd "$folder"
"$folder/venv/bin/python" -W ignore - <<'PYTHON'
import numpy as np
from scipy.stats import chatterjeexi, kendalltau, spearmanr

generator = np.random.default_rng(0)
depths, accuracies = generator.integers(1, 6, 1000), generator.normal(90, 1, 1000)
orders = {
    "random order": np.arange(1000),
    "best last": np.argsort(accuracies),
    "best first": np.argsort(-accuracies),
}
for name, rows in orders.items():
    values = depths[rows], accuracies[rows]
    xi = chatterjeexi(*values)
    others = [float(measure(*values).statistic) for measure in (kendalltau, spearmanr)]
    print(f"{name}: xi {xi.statistic:.3f}, p {xi.pvalue:.2g}", end="; ")
    print("Kendall {:.3f}, Spearman {:.3f}".format(*others))
    assert np.abs(others).max() < 0.06
    assert (xi.statistic > 0.95 and xi.pvalue < 1e-10) == (name != "random order")

rows = orders["best first"]
noisy = [chatterjeexi(depths[rows] + generator.uniform(0, 1e-6, 1000), accuracies[rows]) for _ in range(100)]
average = float(np.mean([result.statistic for result in noisy]))
print(f"best first, ties broken at random: xi {average:.3f} on average of 100")
assert abs(average) < 0.02
assert "broken arbitrarily" in " ".join(chatterjeexi.__doc__.split())
PYTHON
