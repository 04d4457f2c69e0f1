#!/usr/bin/env bash
# correlation-with-confidence 1.0.1, scipy 1.17.1
#
# The package for intervals of rank correlations returns their absolute values and ranks by them, which its pages
# do not say: a score that orders all networks the wrong way round is first. Kendall's tau is that without a
# correction for ties, and the resampling of rows makes ties of its own: of 30 networks in the right order the mean
# is 0.97 and the interval ends at 0.98, below the 1 that it is an interval of. Spearman's is not affected.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check \
  correlation-with-confidence==1.0.1 numpy==2.4.6 pandas==3.1.1 scipy==1.17.1

cd "$folder"
"$folder/venv/bin/python" -W ignore - <<'PYTHON'
import correlation_with_confidence
import numpy as np
import pandas as pd
from scipy import stats

generator = np.random.default_rng(0)
accuracies = np.sort(generator.uniform(60, 95, 30))
names = [f"net{index}" for index in range(30)]
runs = {name: [accuracy] * 3 for name, accuracy in zip(names, accuracies, strict=True)}
scores = {
    "right": accuracies,
    "reversed": -accuracies,
    "five levels": np.arange(30.0) // 6,
    "half right": np.argsort(np.argsort(accuracies + generator.normal(0, 12, 30))).astype(float),
}
table = pd.DataFrame({"name": names, **scores})
options = {"seed": 0, "n_bootstrap": 999, "inner_bootstrap": 9}
found = correlation_with_confidence.analyze(runs, table, **options).summary().set_index(["coefficient", "metric"])
for coefficient, correlate in (("kendall", stats.kendalltau), ("spearman", stats.spearmanr)):
    for name, values in scores.items():
        row, right = found.loc[coefficient, name], correlate(values, accuracies).statistic
        print(f"{coefficient} of scores {name}: {row['mean']:.3f} [{row.ci_low:.3f}, {row.ci_high:.3f}]", end=", ")
        print(f"rank {row['rank']:.0f}; by scipy {right:.3f}")

kendall, spearman = found.loc["kendall"], found.loc["spearman"]
assert kendall.loc["reversed", "rank"] <= 2 and spearman.loc["reversed", "ci_low"] > 0.99
assert abs(stats.kendalltau(-accuracies, accuracies).statistic + 1) < 1e-9
assert kendall.loc["right", "ci_high"] < 0.99 < spearman.loc["right", "ci_low"]
assert kendall.loc["five levels", "ci_high"] < stats.kendalltau(scores["five levels"], accuracies).statistic - 0.05
PYTHON
