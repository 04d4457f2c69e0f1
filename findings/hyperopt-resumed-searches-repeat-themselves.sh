#!/usr/bin/env bash
# hyperopt 0.3.0, numpy 2.4.6
#
# `fmin` with `trials_save_file` continues an interrupted search, but its generator starts again: the seed
# of each suggestion is the next draw of `rstate`, and the stored trials take no draws. The same program
# run again, with the same seed, suggests what it has already evaluated. Nothing warns and no trial is
# left out. One would expect the search that was not interrupted.
#
# Random search that is interrupted half way evaluates every architecture of its first half twice and
# none of the second. TPE repeats as long as it samples at random, its first 20 trials.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check hyperopt==0.3.0 numpy==2.4.6 scipy==1.17.1

cd "$folder"
"$folder/venv/bin/python" -W ignore - <<'PYTHON'
import logging

import numpy as np
from hyperopt import fmin, hp, rand, tpe

logging.disable(logging.CRITICAL)
space = {f"edge {edge}": hp.choice(f"edge {edge}", range(5)) for edge in range(20)}


def search(algorithm, stops, name):
    """Evaluate up to each of the stops, each time as a program started anew, and return what was evaluated."""
    evaluated = []

    def loss(choices):
        evaluated.append(tuple(choices.values()))
        return sum(choices.values())

    for stop in stops:
        fmin(
            loss, space, algo=algorithm, max_evals=stop, rstate=np.random.default_rng(0),
            trials_save_file=name, show_progressbar=False,
        )
    return evaluated


for name, algorithm, half in (("random", rand.suggest, 30), ("tpe", tpe.suggest, 10)):
    whole = search(algorithm, [2 * half], f"{name}-whole")
    resumed = search(algorithm, [half, 2 * half], f"{name}-resumed")
    print(
        f"{name}: {len(set(whole))} of {len(whole)} architectures differ in one search, "
        f"{len(set(resumed))} of {len(resumed)} in one interrupted after {half}"
    )
    assert whole[:half] == resumed[:half]
    assert len(whole) == len(set(whole)) == len(resumed) == 2 * half
    assert resumed[half:] == resumed[:half]
PYTHON
