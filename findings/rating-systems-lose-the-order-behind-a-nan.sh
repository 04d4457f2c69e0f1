#!/usr/bin/env bash
# openskill 6.2.0, trueskill 0.4.5
#
# Both sort the results of a match, and a NaN, which is neither before nor after anything, splits the sort: of
# scores .6, NaN, .9, .8 and .7 the player of .6 is rated first, the one that failed second, and those behind it are
# ordered among themselves alone. So one proxy that fails on a task moves the ratings of the others, by the row in
# which it stands; at the end of the rows it is last, as one would hope. Neither objects to NaN.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check openskill==6.2.0 trueskill==0.4.5

cd "$folder"
"$folder/venv/bin/python" -W ignore - <<'PYTHON'
import math

import trueskill
from openskill.models import BradleyTerryFull, PlackettLuce

SCORES = {"last": [0.6, 0.9, 0.8, 0.7, math.nan], "second": [0.6, math.nan, 0.9, 0.8, 0.7]}


def by_openskill(model, scores):
    players = [[model.rating()] for _ in scores]
    return [player[0].mu for player in model.rate(players, scores=scores)]


def by_trueskill(scores):
    environment = trueskill.TrueSkill()
    players = [(environment.create_rating(),) for _ in scores]
    return [player[0].mu for player in environment.rate(players, ranks=[-score for score in scores])]


SYSTEMS = {
    "openskill, Plackett-Luce": lambda scores: by_openskill(PlackettLuce(), scores),
    "openskill, Bradley-Terry": lambda scores: by_openskill(BradleyTerryFull(), scores),
    "trueskill": by_trueskill,
}
for name, rate in SYSTEMS.items():
    orders = {}
    for place, scores in SCORES.items():
        ratings = dict(zip(scores, rate(scores), strict=True))
        orders[place] = sorted(ratings, key=ratings.get, reverse=True)
        print(f"{name}, NaN in the {place} row: order of ratings", orders[place])
    assert orders["last"][:4] == [0.9, 0.8, 0.7, 0.6] and math.isnan(orders["last"][4])
    assert orders["second"][0] == 0.6 and math.isnan(orders["second"][1]) and orders["second"][2:] == [0.9, 0.8, 0.7]
PYTHON
