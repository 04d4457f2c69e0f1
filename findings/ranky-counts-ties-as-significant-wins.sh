#!/usr/bin/env bash
# ranky 1.0.0, scipy 1.17.1
#
# `p_wins` tests the number of wins among all comparisons, ties included, on both sides: few wins of many ties
# are significantly few, and whoever has one win more than the other then "significantly wins". Of two
# classifiers that are each right on 90% of 50 images, alike for the rest, one wins in nine of ten cases at
# p = 0.05; a sign test of the comparisons that decide finds one in some thirty. The critical difference
# diagrams and pairwise rankings of the library are based on it.
#
# Its Kendall distance, "the minimal number of swaps of neighbors", is 4 of two rankings with ties that one
# pair decides, and normalised it is up to half the number of networks; 0 of an unsigned score is the best.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check ranky==1.0.0 scipy==1.17.1 \
  numpy==2.4.6 pandas==3.1.1 scikit-learn==1.9.1 baycomp==1.0.3 Levenshtein==0.27.5 networkx==3.6.1

cd "$folder"
"$folder/venv/bin/python" -W ignore - <<'PYTHON'
import numpy as np
import ranky
from scipy import stats


def columns(wins, losses, ties):
    """Two columns of results with so many wins and losses of the first."""
    first, second = [1] * wins + [0] * (losses + ties), [0] * wins + [1] * losses + [0] * ties
    return np.array(first), np.array(second)


def sign_test(first, second):
    wins, losses = int((first > second).sum()), int((second > first).sum())
    return wins + losses > 0 and stats.binomtest(wins, wins + losses).pvalue <= 0.05


for wins, losses, ties in ((12, 8, 0), (2, 0, 18), (3, 1, 16), (30, 25, 145)):
    first, second = columns(wins, losses, ties)
    found, right = bool(ranky.p_wins(first, second)), sign_test(first, second)
    print(f"{wins} wins, {losses} losses, {ties} ties: significant {found}, by a sign test {right}")
    assert found == (ties > 0) and not right

generator = np.random.default_rng(0)
outcomes = []
for _ in range(1000):
    first, second = (generator.random((2, 50)) < 0.9).astype(int)
    outcomes.append((ranky.p_wins(first, second) or ranky.p_wins(second, first), sign_test(first, second)))
found, right = np.mean(outcomes, axis=0)
print(f"two equal classifiers, 90% right: {found:.1%} differ at 0.05, by a sign test {right:.1%}")
assert found > 0.8 and right < 0.05

tied = ranky.kendall_tau_distance([0, 1, 1, 1], [1, 1, 1, 0])
whole = ranky.kendall_tau_distance(range(100), range(99, -1, -1), normalize=True)
print(f"Kendall distance of rankings with one discordant pair: {tied:.1f}", end="; ")
print(f"normalised, of 100 networks and their reverse: {whole}")
assert abs(tied - 4) < 1e-9 and whole == 49.5

counts = np.array([5, 0, 3])
ranks = {dtype: ranky.rank(counts.astype(dtype)).tolist() for dtype in ("int64", "uint8")}
print(f"ranks of the scores {counts.tolist()}: {ranks}")
assert ranks == {"int64": [1.0, 3.0, 2.0], "uint8": [2.0, 1.0, 3.0]}
PYTHON
