#!/usr/bin/env bash
# kendall-w 1.0.0, scipy 1.17.1
#
# `compute_w`, "Kendall's W from a list of rating lists" between 0 and 1, takes ratings for ranks. Of three proxies
# that order three networks alike it is 81 by integer scores up to 30 and 21 by accuracies in percent, where 1 is
# right, of unrelated integers up to 100 it is 237, and times ten a hundred times that. Of equal ranks with ties it is
# 1.33 or 0.33, as equal networks have their smallest or the dense rank; only ranks without ties are right.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check \
  kendall-w==1.0.0 scipy==1.17.1 numpy==2.4.6

cd "$folder"
"$folder/venv/bin/python" -W ignore - <<'PYTHON'
import numpy as np
from kendall_w import compute_w
from scipy.stats import rankdata


def right(ratings):
    """Kendall's W of average ranks, corrected for ties; rows are networks."""
    ranks = np.column_stack([rankdata(column) for column in np.array(ratings).T])
    count, judges = ranks.shape
    ties = sum((np.unique(column, return_counts=True)[1] ** 3.0).sum() - count for column in ranks.T)
    spread = ((ranks.sum(1) - judges * (count + 1) / 2) ** 2).sum()
    return 12 * spread / (judges**2 * (count**3 - count) - judges * ties)


generator = np.random.default_rng(0)
unrelated = generator.integers(1, 100, (6, 3))
RATINGS = {
    "ranks": ([[1, 1, 1], [2, 2, 2], [3, 3, 3]], 1.0),
    "scores": ([[10, 20, 30], [5, 10, 20], [1, 2, 3]], 81.148),
    "percent": ([[91, 92, 93], [88, 90, 89], [80, 85, 84]], 21.0),
    "ties by minimum": ([[1, 1, 1], [1, 1, 1], [3, 3, 3]], 4 / 3),
    "ties dense": ([[1, 1, 1], [1, 1, 1], [2, 2, 2]], 1 / 3),
    "unrelated": (unrelated.tolist(), None),
    "unrelated times ten": ((unrelated * 10).tolist(), None),
}
values = {}
for name, (ratings, expected) in RATINGS.items():
    values[name] = compute_w(ratings)
    print(f"{name}: compute_w {values[name]:.3f}, right {right(ratings):.3f}")
    assert expected is None or abs(right(ratings) - 1) < 1e-9
    assert expected is None or abs(values[name] - expected) < 0.001
assert abs(values["unrelated times ten"] / values["unrelated"] - 100) < 1e-6 and values["unrelated"] > 1
PYTHON
