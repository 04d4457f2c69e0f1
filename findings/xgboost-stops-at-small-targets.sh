#!/usr/bin/env bash
# xgboost-cpu 3.2.0, lightgbm 4.7.0, numpy 2.4.6, scipy 1.17.1
#
# xgboost takes no split whose loss falls by 1e-6 or less, in the unit of the squared target: the number
# is built in, and `gamma=0` does not remove it. With `reg:squarederror` the trees of small targets stop
# early, and a target that is small enough, here 400 values of a standard deviation of 7e-5, has one
# constant prediction. Nothing warns. One would expect predictions that follow the unit, as those of
# lightgbm do.
#
# Latencies in seconds are such targets: those of small networks, here 0.06 to 0.5 ms, rank with a
# Kendall correlation of 0.9 in milliseconds and have a single prediction in seconds. Accuracies near
# one another as shares of one rank worse than as percentages.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check \
  xgboost-cpu==3.2.0 lightgbm==4.7.0 scikit-learn==1.9.1 numpy==2.4.6 scipy==1.17.1

cd "$folder"
"$folder/venv/bin/python" -W ignore - <<'PYTHON'
import numpy as np
from lightgbm import LGBMRegressor
from scipy.stats import kendalltau
from xgboost import XGBRegressor

generator = np.random.default_rng(0)
operations = generator.integers(0, 5, (600, 6))
encoded = np.eye(5)[operations].reshape(600, -1)
costs = np.array([0.0, 0.02, 0.03, 0.05, 0.08])
milliseconds = 0.05 + costs[operations].sum(axis=1) + generator.normal(0, 0.002, 600)
percentages = 94 - milliseconds
trained, tested = slice(400), slice(400, 600)


def ranking(model, targets):
    predictions = model.fit(encoded[trained], targets[trained]).predict(encoded[tested])
    if len(np.unique(predictions)) == 1:
        return 0.0
    return float(kendalltau(predictions, targets[tested]).statistic)


def rankings(make):
    values = {}
    for name, targets in (
        ("milliseconds", milliseconds),
        ("seconds", milliseconds / 1000),
        ("percentages", percentages),
        ("shares", percentages / 100),
    ):
        values[name] = ranking(make(), targets)
    return values


for name, make in (
    ("xgboost", lambda: XGBRegressor(n_jobs=1)),
    ("xgboost, gamma=0, min_child_weight=0", lambda: XGBRegressor(n_jobs=1, gamma=0, min_child_weight=0)),
    ("xgboost, tree_method=exact", lambda: XGBRegressor(n_jobs=1, tree_method="exact")),
    ("lightgbm", lambda: LGBMRegressor(n_jobs=1, verbose=-1)),
):
    values = rankings(make)
    print(f"{name}:", ", ".join(f"{value:.3f} {unit}" for unit, value in values.items()))
    assert values["milliseconds"] > 0.8
    if name == "lightgbm":
        assert abs(values["seconds"] - values["milliseconds"]) < 0.01
        assert abs(values["shares"] - values["percentages"]) < 0.01
    else:
        assert values["seconds"] == 0.0
        assert values["shares"] < values["percentages"] - 0.02
PYTHON
