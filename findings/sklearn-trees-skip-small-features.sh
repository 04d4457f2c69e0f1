#!/usr/bin/env bash
# scikit-learn 1.9.1, lightgbm 4.7.0, scipy 1.17.1
#
# Trees depend on the order of a feature alone, so its unit should change nothing. Those of scikit-learn put no
# threshold between two values that differ by 1e-7 or less, an absolute number that no page names: of 200 proxy
# scores below 1e-6 a random forest and gradient boosting predict one constant for all networks, of those below
# 1e-7 extra trees too. Of 500 scores from 1e-12 to 1, spread evenly over the orders of magnitude, the 158 below
# 1e-8 are one. `HistGradientBoostingRegressor` has no such limit.
#
# lightgbm takes features below 1e-35 for zero, also with `zero_as_missing=False`, its default.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check \
  scikit-learn==1.9.1 lightgbm==4.7.0 scipy==1.17.1 numpy==2.4.6

cd "$folder"
"$folder/venv/bin/python" -W ignore - <<'PYTHON'
import numpy as np
from lightgbm import LGBMRegressor
from scipy.stats import kendalltau
from sklearn.ensemble import (
    ExtraTreesRegressor,
    GradientBoostingRegressor,
    HistGradientBoostingRegressor,
    RandomForestRegressor,
)
from sklearn.tree import DecisionTreeRegressor

for gap, leaves in ((0.99e-7, 1), (1.01e-7, 2)):
    tree = DecisionTreeRegressor().fit([[0.0], [gap]], [90.0, 94.0])
    print(f"two networks with scores {gap:.2e} apart: {tree.get_n_leaves()} leaves")
    assert tree.get_n_leaves() == leaves

generator = np.random.default_rng(0)
scores = generator.random((200, 1))
accuracies = 84 + 10 * scores[:, 0]
MODELS = {
    "random forest": lambda: RandomForestRegressor(30, random_state=0),
    "extra trees": lambda: ExtraTreesRegressor(30, random_state=0),
    "gradient boosting": lambda: GradientBoostingRegressor(random_state=0),
    "histogram": lambda: HistGradientBoostingRegressor(random_state=0),
    "lightgbm": lambda: LGBMRegressor(verbose=-1, random_state=0),
}


def order(model, unit):
    predictions = model().fit(scores * unit, accuracies).predict(scores * unit)
    return 0.0 if np.ptp(predictions) == 0 else kendalltau(predictions, accuracies).statistic


for name, model in MODELS.items():
    taus = {unit: order(model, unit) for unit in (1.0, 1e-6, 1e-8, 1e-34, 1e-36)}
    print(f"{name}: tau of the training set", {unit: round(float(tau), 2) for unit, tau in taus.items()})
    assert taus[1.0] > 0.97
    exact = name in ("histogram", "lightgbm")
    assert (taus[1e-6] == 0) == (name in ("random forest", "gradient boosting"))
    assert (taus[1e-8] > 0.97) if exact else (taus[1e-8] == 0 == taus[1e-34])
    assert taus[1e-36] == (0 if name == "lightgbm" else taus[1e-34])

wide = np.sort(10.0 ** generator.uniform(-12, 0, 500))
rank = np.arange(500.0)
for name, feature in (("scores from 1e-12 to 1", wide), ("their ranks", rank)):
    tree = DecisionTreeRegressor(random_state=0).fit(feature[:, None], rank)
    leaves = tree.get_n_leaves()
    small = len(np.unique(tree.predict(feature[:, None])[wide < 1e-8]))
    print(f"{name}: {leaves} leaves of 500 networks, {small} of the {(wide < 1e-8).sum()} below 1e-8")
    assert (leaves, small) == (500, (wide < 1e-8).sum()) if name == "their ranks" else leaves < 350 and small == 1
PYTHON
