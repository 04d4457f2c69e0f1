#!/usr/bin/env bash
# fast-pareto 1.0.4
#
# `nondominated_rank` with `tie_break="crowding_distance"` is to order each front, so that the ranks are "a
# permutation of zero to n_observations - 1". Both ends of a front have an infinite distance, and equal
# distances the integer part of their mean rank: the ends of each front share a rank, and the next is
# missing. Of three or more equal networks alone on a front, as isomorphic cells are, the distances are
# divided by zero, and the best of all get ranks like 9223372036854775807. `avg_rank` leaves ranks out too
# where networks are equal.
#
# A selection of the best k by `ranks < k` has more than k or, of copies of the best network, none.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check \
  fast-pareto==1.0.4 numpy==2.4.6 scipy==1.17.1

cd "$folder"
"$folder/venv/bin/python" -W ignore - <<'PYTHON'
import numpy as np
from fast_pareto import nondominated_rank

assert "permutation of zero to n_observations - 1" in " ".join(nondominated_rank.__doc__.split())
networks = {
    "distinct": [[5.1, 9.0], [5.4, 7.0], [6.0, 4.0], [7.2, 2.0], [8.0, 8.0], [9.0, 6.0]],
    "the best three times": [[5.1, 2.0], [5.1, 2.0], [5.1, 2.0], [6.0, 4.0], [7.2, 9.0]],
}
for name, rows in networks.items():
    costs = np.array(rows)  # error in percent and millions of parameters
    fronts = nondominated_rank(costs)
    ranks = nondominated_rank(costs, tie_break="crowding_distance")
    print(f"{name}: fronts", *fronts, "ranks", *ranks)
    assert sorted(ranks) != list(range(len(rows)))
    if name == "distinct":
        assert ranks[fronts == 0].tolist() == [0, 2, 3, 0] and ranks[fronts == 1].tolist() == [4, 4]
    else:
        assert not set(ranks[:3].tolist()) & {0, 1, 2} and ranks[3:].tolist() == [3, 4]
average = nondominated_rank(np.array(networks["the best three times"]), tie_break="avg_rank")
print("the best three times, avg_rank:", *average)
assert average.tolist() == [1, 1, 1, 3, 4]
PYTHON
