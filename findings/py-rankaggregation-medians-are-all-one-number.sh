#!/usr/bin/env bash
# py-rankaggregation 0.1.2, pandas 3.1.1, scipy 1.17.1, six 1.17.0, numpy 2.4.6 (without those that it does not import)
#
# A network's ranks are filled up to the length of a ranking where the number of rankings is meant. Of three rankings of
# ten networks each network has seven ranks of 11 beside its own: all medians are 11, and the order is that in which the
# networks were first seen. Of ten rankings of two networks nothing is filled up: who is in four of them is before who
# is in all. An aggregator that was used once gives its first answer to each later question.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check \
  pandas==3.1.1 scipy==1.17.1 six==1.17.0 numpy==2.4.6
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps py-rankaggregation==0.1.2

cd "$folder"
"$folder/venv/bin/python" -W ignore - <<'PYTHON'
import numpy as np
from py_rankaggregation import MeanRankAggregator, MedianRankAggregator

generator = np.random.default_rng(0)
names = list("abcdefghij")
rankings = [[str(name) for name in generator.permutation(names)] for _ in range(3)]


def ranks(rankings, name):
    return [ranking.index(name) + 1 if name in ranking else len(ranking) + 1 for ranking in rankings]


medians = dict(MedianRankAggregator().aggregate(rankings))
right = {name: float(np.median(ranks(rankings, name))) for name in names}
print("medians:", {name: float(median) for name, median in medians.items()})
print("right:  ", dict(sorted(right.items(), key=lambda item: item[1])))
assert set(medians.values()) == {11} and list(medians) == rankings[0]
assert sorted(right.values())[0] == 2 and sorted(right.values())[-1] == 10

aggregator = MedianRankAggregator()
first = list(aggregator.aggregate(rankings))
reversed_rankings = [ranking[::-1] for ranking in rankings]
print("reversed rankings give the first answer:", aggregator.aggregate(reversed_rankings) == first)
assert aggregator.aggregate(reversed_rankings) == first
assert MedianRankAggregator().aggregate(reversed_rankings) != first

short = [["a", "b"]] * 4 + [["b", "c"]] * 6  # "a" is in four of ten rankings, "b" in all
means = {name: float(mean) for name, mean in MeanRankAggregator().aggregate(short)}
right = {name: float(np.mean(ranks(short, name))) for name in "abc"}
print("means of ten rankings of two:", means, "right:", right)
assert min(means, key=means.get) == "a" and min(right, key=right.get) == "b"
PYTHON
