#!/usr/bin/env bash
# pyRankMCDA 2.1.8, numpy 2.4.6
#
# Of eleven methods that make one ranking of several, five return which alternative is at each place, and five the place of
# each alternative; all are printed as "a1 = ..." and stand in one table. Where all rankings agree that the places are 2,
# 3, 1 and 4 the methods of Borda, Copeland, Schulze, the median and the reciprocal ranks answer 3, 1, 2, 4, and the
# correlations between methods compare the one with the other. Plackett-Luce takes the places it is given for alternatives.
# Borda puts alternatives with equal scores behind all others: the two best of four, on which two rankings differ, are last.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check \
  pyRankMCDA==2.1.8 numpy==2.4.6 scipy==1.17.1 scikit-learn==1.9.1 networkx==3.6.1 pandas==3.1.1 matplotlib==3.11.2

cd "$folder"
MPLBACKEND=agg "$folder/venv/bin/python" -W ignore - <<'PYTHON'
import numpy as np
from pyRankMCDA.algorithm import rank_aggregation

# a row for each alternative, a column for each ranking, as in the example of its README
unanimous = np.array([[2, 2, 2], [3, 3, 3], [1, 1, 1], [4, 4, 4]])
table = rank_aggregation(unanimous).run_methods()
print(table.T.to_string())
right = [name for name in table if table[name].tolist() == [2, 3, 1, 4]]
inverse = [name for name in table if table[name].tolist() == [3, 1, 2, 4]]
assert len(right) == 6 and len(inverse) == 5

luce = rank_aggregation(np.array([[2, 2], [3, 3], [1, 1]])).plackett_luce_aggregation(verbose=False)
borda = rank_aggregation(np.array([[2, 2], [3, 3], [1, 1]])).borda_method(verbose=False)
assert luce.tolist() == [2, 3, 1] and borda.tolist() == [3, 1, 2]  # both say who is at each place

differing = np.array([[1, 2], [2, 1], [3, 3], [4, 4]])
order = rank_aggregation(differing).borda_method(verbose=False)
print(f"places (1, 2), (2, 1), (3, 3) and (4, 4): the order of Borda is {order}")
assert order[:2].tolist() == [3, 4] and set(order[2:].tolist()) == {1, 2}
PYTHON
