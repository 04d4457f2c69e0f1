#!/usr/bin/env bash
# bbtcomp 0.4.0, pandas 3.1.1, numpy 2.4.6 (without cmdstanpy, which the table of wins does not need)
#
# With `deal_with_ties="random"` the Bayesian comparison of methods is to assign each tie to one of the two at random. It
# draws one number from 1 to the ties of a pair, for the method in the first of the two columns: a single tie is always
# its win, of two it has one at least and 75% on average, and of 20 any number from 1 to 20 with the same
# probability. With the columns the other way round the other one wins. There is no seed.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check pandas==3.1.1 numpy==2.4.6
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps bbtcomp==0.4.0

cd "$folder"
"$folder/venv/bin/python" -W ignore - <<'PYTHON'
import inspect

import numpy as np
import pandas as pd
from bbtcomp import _wintable, make_wintable

assert "each tie is randomly assigned to one of the two" in inspect.getdoc(_wintable.proc_ties)


def wins(columns, ties):
    """Wins of the first and the second column after so many equal accuracies."""
    table = pd.DataFrame({"task": range(ties)} | dict.fromkeys(columns, [0.9] * ties))
    return make_wintable(table, deal_with_ties="random").table[["win1", "win2"]].to_numpy()[0]


for ties in (1, 2, 20):
    draws = np.array([wins(("one", "other"), ties) for _ in range(400)])
    first = draws[:, 0]
    print(f"{ties} ties: the first wins {first.min()} to {first.max()}, on average {first.mean() / ties:.0%}")
    assert (draws.sum(axis=1) == ties).all() and first.min() >= 1
    if ties == 1:
        assert (first == 1).all()
    if ties == 20:
        # by one coin for each tie the deviation is 2.2 wins, and 3 or fewer have a chance of one in 800
        assert first.std() > 4 and (first <= 3).mean() > 0.08
assert wins(("other", "one"), 1).tolist() == [1, 0]
PYTHON
