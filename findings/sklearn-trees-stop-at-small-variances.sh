#!/usr/bin/env bash
# scikit-learn 1.9.1, quantile-forest 1.4.2, numpy 2.4.6
#
# A tree splits no node whose labels have a variance below 2.2e-16, the machine's epsilon, whatever their unit: of
# durations in seconds that differ by nanoseconds, or energies in joules by nanojoules, trees, forests and gradient
# boosting have one constant prediction, and of tens of nanoseconds a few, where the same labels in
# nanoseconds are ranked with a Kendall correlation of 0.9. Histogram-based boosting is right in every unit.
# quantile-forest, which uses the trees, has the same. No warning is given, and R2 is 0.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check \
  scikit-learn==1.9.1 quantile-forest==1.4.2 scipy==1.17.1 numpy==2.4.6

cd "$folder"
"$folder/venv/bin/python" -W ignore - <<'PYTHON'
import numpy as np
from quantile_forest import RandomForestQuantileRegressor
from scipy.stats import kendalltau
from sklearn.ensemble import GradientBoostingRegressor, HistGradientBoostingRegressor, RandomForestRegressor
from sklearn.tree import DecisionTreeRegressor

generator = np.random.default_rng(0)
features = generator.normal(size=(400, 5))
nanoseconds = 5 + features[:, 0] + features[:, 1] ** 2 + 0.1 * generator.normal(size=400)
MODELS = {
    "DecisionTreeRegressor": lambda: DecisionTreeRegressor(random_state=0),
    "RandomForestRegressor": lambda: RandomForestRegressor(30, random_state=0),
    "GradientBoostingRegressor": lambda: GradientBoostingRegressor(n_estimators=60, random_state=0),
    "RandomForestQuantileRegressor": lambda: RandomForestQuantileRegressor(30, random_state=0),
    "HistGradientBoostingRegressor": lambda: HistGradientBoostingRegressor(max_iter=60, random_state=0),
}
for name, model in MODELS.items():
    different, taus = {}, {}
    for title, unit in (("ns", 1.0), ("s, times ten", 1e-8), ("s", 1e-9)):
        labels = nanoseconds * unit
        predicted = model().fit(features[:300], labels[:300]).predict(features[300:])
        different[title] = len(np.unique(predicted))
        taus[title] = round(float(kendalltau(predicted, labels[300:]).statistic), 3)
    print(f"{name}: different predictions of 100 {different}, Kendall {taus}")
    assert taus["ns"] > 0.75 and different["ns"] > 70
    if name.startswith("Hist"):
        assert taus["s"] == taus["ns"]
    else:
        assert different["s"] == 1 and different["s, times ten"] < 30
PYTHON
