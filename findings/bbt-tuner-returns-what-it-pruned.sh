#!/usr/bin/env bash
# bbt-tuner 0.1.0, numpy 2.4.6, scipy 1.17.1
#
# What is pruned has the score 0: of negative losses the best is a network that was pruned for being worse than half of
# the others, and all that comes after is drawn between pruned ones. The median that prunes is said to be of all scores
# of the epoch before, and is of those alone that passed it: it rises with each that passes, and of 200 random networks
# 21 pass where half of them pass by the rule as stated.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check \
  bbt-tuner==0.1.0 numpy==2.4.6 scipy==1.17.1

cd "$folder"
"$folder/venv/bin/python" -W ignore - <<'PYTHON'
import contextlib
import io
import random
import statistics

from bbt.tuner import adaptive_top2_box_tuner

SPACE = {"width": {"type": "int", "bounds": (16, 256)}}


def loss(params):
    return 1 + abs(params["width"] - 100) / 100


def search(objective, seed, **options):
    random.seed(seed)
    with contextlib.redirect_stdout(io.StringIO()):
        return adaptive_top2_box_tuner(None, None, SPACE, objective, **options)[:3]


wrong = 0
for seed in range(20):
    best, score, trials = search(lambda params, train, validation, epoch: -loss(params), seed)
    right = min((trial["params"] for trial in trials), key=loss)
    returned = next(trial for trial in trials if trial["params"] == best)
    wrong += score == 0 and returned["pruned"] and loss(best) > loss(right) + 0.2
    if seed == 0:
        print(f"returned {best} with the score {score}, its loss is {loss(best):.2f}; {right} has {loss(right):.2f}")
print(f"{wrong} of 20 searches return a network that was pruned")
assert wrong >= 18

kept, expected = [], []
for seed in range(20):
    best, score, trials = search(
        lambda params, train, validation, epoch: 3 - loss(params),
        seed,
        init_samples=200,
        max_trials=200,
        max_epochs=1,
    )
    kept.append(sum(not trial["pruned"] for trial in trials))
    random.seed(seed)  # the same networks, which are drawn at random, by the rule as stated
    scores = [3 - loss({"width": random.randint(16, 256)}) for _ in range(200)]
    passed = [i == 0 or scores[i] >= statistics.median(scores[:i]) for i in range(200)]
    expected.append(sum(passed))
print(f"of 200 networks {statistics.mean(kept):.0f} pass, by the rule {statistics.mean(expected):.0f}")
assert max(kept) < 50 and min(expected) > 80
PYTHON
