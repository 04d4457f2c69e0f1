#!/usr/bin/env bash
# confidence-intervals 0.0.3, scikit-learn 1.9.1, scipy 1.17.1, numpy 2.4.6
#
# With `conditions`, as the data set or the seed of each row, the bootstrap draws the rows of every condition by the
# same seed: of conditions of one size always the same positions, so that their errors add up and do not average out.
# The interval depends on the order of the rows within a condition, which means nothing: for 1,000 rows in 50 conditions
# it is four times as wide where the rows are sorted. A condition that is drawn twice is the same rows twice.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check \
  confidence-intervals==0.0.3 scikit-learn==1.9.1 scipy==1.17.1 numpy==2.4.6

cd "$folder"
"$folder/venv/bin/python" -W ignore - <<'PYTHON'
import numpy as np
from confidence_intervals import evaluate_with_conf_int, get_bootstrap_indices

generator = np.random.default_rng(0)
tasks = np.repeat(np.arange(50), 20)
errors = generator.normal(size=(50, 20))  # of 20 networks on each of 50 tasks


def interval(errors):
    return np.array(evaluate_with_conf_int(errors.ravel(), np.mean, conditions=tasks, num_bootstraps=400)[1])


def right(errors):
    """Tasks drawn with replacement, then the networks of each draw by themselves."""
    draws = np.random.default_rng(0)
    rows = draws.integers(50, size=(400, 50, 1)), draws.integers(20, size=(400, 50, 20))
    return np.percentile(errors[rows].mean(axis=(1, 2)), [2.5, 97.5])


widths = []
for name, rows in (("as they come", errors), ("sorted within each task", np.sort(errors, axis=1))):
    bounds, right_bounds = interval(rows), right(rows)
    print(f"{name}: mean {rows.mean():.3f} in {bounds.round(3)}, right {right_bounds.round(3)}")
    widths.append((np.ptp(bounds), np.ptp(right_bounds)))
(plain, plain_right), (ordered, ordered_right) = widths
assert abs(plain_right / ordered_right - 1) < 0.1
assert ordered > 3 * plain and ordered > 3 * ordered_right

rows = get_bootstrap_indices(1000, tasks, random_state=0)
places = {frozenset((rows[tasks[rows] == task] % 20).tolist()) for task in tasks[rows]}
print(f"places drawn within {len(set(tasks[rows]))} tasks: {[sorted(drawn) for drawn in places]}")
assert len(places) == 1
PYTHON
