#!/usr/bin/env bash
# pareto-front 0.0.2, pandas 2.3.3, numpy 2.4.6
#
# Of 30 networks with two random objectives, larger the better, 92 of 200 fronts are wrong: undominated networks are
# missing, and dominated ones are returned. Which rows are dominated is noted by their places, and not moved when
# these rows are taken out: the network that moves up into such a place is dropped, too. Of A (94, 50), B (93, 49)
# and C (90, 52) the front is A alone, without B it is A and C.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check \
  pareto-front==0.0.2 multipledispatch==1.0.0 pandas==2.3.3 numpy==2.4.6

cd "$folder"
"$folder/venv/bin/python" -W ignore - <<'PYTHON'
import numpy as np
import pandas as pd
from pareto_front import pareto_front


def undominated(points):
    return {
        i for i, a in enumerate(points) if not any((b >= a).all() and (b > a).any() for b in points)
    }


networks = pd.DataFrame({"accuracy": [94, 93, 90], "speed": [50, 49, 52]}, index=["A", "B", "C"])
found = list(pareto_front(networks).index)
print(f"of A (94, 50), B (93, 49) and C (90, 52): {found}, right are A and C")
assert undominated(networks.to_numpy()) == {0, 2} and found == ["A"]
assert list(pareto_front(networks.drop("B")).index) == ["A", "C"]  # without the dominated one C is there

wrong = missing = surplus = 0
for seed in range(200):
    points = np.random.default_rng(seed).random((30, 2))
    front, right = set(pareto_front(points).index), undominated(points)
    wrong += front != right
    missing += len(right - front)
    surplus += len(front - right)
print(f"200 draws of 30 networks: {wrong} fronts are wrong, {missing} networks missing, {surplus} too many")
assert wrong > 60 and missing > 80 and surplus > 5
PYTHON
