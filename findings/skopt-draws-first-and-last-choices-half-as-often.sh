#!/usr/bin/env bash
# scikit-optimize 0.10.2, scikit-learn 1.9.1, scipy 1.17.1
#
# Values are scaled to 0 to 1 and rounded back, which leaves half an interval to the first and the last: by every
# initial design but "random", as "sobol" and "lhs", the middle one of three operations or depths is drawn in
# half of all points. With a Gaussian process integers are drawn so by "random", the default, as well.
#
# The optimizer changes the dimension that it is given: a forest that is handed one which a Gaussian process has
# had draws it in the same way, as does `rvs` of the dimension itself.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check \
  scikit-optimize==0.10.2 scikit-learn==1.9.1 scipy==1.17.1 numpy==2.4.6

cd "$folder"
"$folder/venv/bin/python" -W ignore - <<'PYTHON'
import collections

import numpy as np
from skopt import Optimizer, gp_minimize
from skopt.space import Categorical, Integer

POINTS = 2048


def shares(dimension, model, design):
    """Of each value among the initial points, in the order of values."""
    options = {"n_initial_points": POINTS, "initial_point_generator": design, "random_state": 0}
    optimizer = Optimizer([dimension, Integer(0, 9)], model, **options)
    points = optimizer._initial_samples or [optimizer.ask() for _ in range(POINTS)]
    counts = collections.Counter(int(point[0]) for point in points)
    return np.array([counts[value] for value in sorted(counts)]) / POINTS


choices = {"Integer": lambda: Integer(1, 3), "Categorical": lambda: Categorical([1, 2, 3])}
for kind, dimension in choices.items():
    for model in ("GP", "RF"):
        for design in ("random", "sobol", "lhs"):
            found = shares(dimension(), model, design)
            print(f"{kind}, {model}, {design}: the choices 1, 2 and 3 have {found.round(3)} of the points")
            halved = design != "random" or (kind, model) == ("Integer", "GP")
            assert np.abs(found - ([0.25, 0.5, 0.25] if halved else [1 / 3] * 3)).max() < 0.04

points = gp_minimize(lambda point: 0.0, [Integer(1, 3)], n_calls=400, n_initial_points=400, random_state=0)
middle = np.mean([point[0] == 2 for point in points.x_iters])
depth = Integer(1, 3)
before = np.mean(np.array(depth.rvs(POINTS, random_state=0)) == 2)
Optimizer([depth], "GP")
after = np.mean(np.array(depth.rvs(POINTS, random_state=0)) == 2)
print(f"share of depth 2: {middle:.2f} of random points of gp_minimize", end="; ")
print(f"{before:.2f} of samples of a dimension, {after:.2f} once an optimizer has had it")
assert middle > 0.42 and before < 0.38 and after > 0.45
assert shares(depth, "RF", "random")[1] > 0.45
PYTHON
