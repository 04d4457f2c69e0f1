#!/usr/bin/env bash
# glicko2 2.1.0
#
# The volatility of Glicko-2 is the root of a function of the deviation. Here it is one of the rating in its place,
# counted from 1500: the same results among proxies rated around 1500 and around 2500 give other volatilities and
# ratings, where only differences of ratings matter. Of 180 wins in 200 matches the volatility is 0.250 or 0.060, where
# 0.063 is right, and the rating 1745 or, less the 1000, 1726, where 1727 is right.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check glicko2==2.1.0

cd "$folder"
"$folder/venv/bin/python" -W ignore - <<'PYTHON'
import math

from glicko2 import Player

SCALE = 173.7178


class Right(Player):
    """A player with the function of the paper (Glickman, Example of the Glicko-2 system, step 5)."""

    def _f(self, x, delta, v, a):
        variance = (self.rd / SCALE) ** 2
        numerator = math.exp(x) * (delta**2 - variance - v - math.exp(x))
        return numerator / (2 * (variance + v + math.exp(x)) ** 2) - (x - a) / self._tau**2


def rated(kind, shift, wins, matches):
    """Rating less the shift, and volatility, after matches with equals in one period."""
    player = kind(rating=1500 + shift, rd=50, vol=0.06)
    results = [1] * wins + [0] * (matches - wins)
    player.update_player([1500 + shift] * matches, [30] * matches, results)
    return round(player.rating - shift, 1), round(player.vol, 4)


for wins, matches in ((45, 50), (180, 200)):
    for shift in (0, 1000):
        values, right = rated(Player, shift, wins, matches), rated(Right, shift, wins, matches)
        print(f"{wins} of {matches} wins at {1500 + shift}: rating {values[0]}, volatility {values[1]}; right {right}")
        assert right == rated(Right, 0, wins, matches)

(low, low_volatility), (high, high_volatility) = (rated(Player, shift, 180, 200) for shift in (0, 1000))
right, volatility = rated(Right, 0, 180, 200)
assert low_volatility > 3 * volatility and high_volatility < volatility - 0.003
assert low > high + 15 and low > right + 15
PYTHON
