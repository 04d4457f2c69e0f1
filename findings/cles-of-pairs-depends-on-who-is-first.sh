#!/usr/bin/env bash
# CLES 0.1.3
#
# The common language effect size of paired samples compares each difference with one zero fewer than there are
# differences, and divides by all: of two methods of which one is better on each of five tasks it is 100 if the better
# one is named first and 80 if it is named second, of equal ones 60 where it is 50. For 20 tasks it is 100, 95 and
# 52.5. That of independent samples and of one sample is the same either way.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check CLES==0.1.3 numpy==2.4.6

cd "$folder"
"$folder/venv/bin/python" -W ignore - <<'PYTHON'
import numpy as np
from CLES.CLES import CLES_1samp, CLES_2independent, CLES_2paired

generator = np.random.default_rng(0)
for tasks in (5, 20):
    worse = generator.uniform(60, 90, tasks)
    better = worse + generator.uniform(1, 2, tasks)
    first, second = CLES_2paired(better, worse), CLES_2paired(worse, better)
    equal = CLES_2paired(worse, worse)
    print(f"better on all of {tasks} tasks: {first:.1f} as the first, {second:.1f} as the second; equal ones {equal:.1f}")
    assert first == 100 and abs(second - 100 * (tasks - 1) / tasks) < 1e-9
    assert abs(equal - (50 + 50 / tasks)) < 1e-9

    assert CLES_2independent(better, worse) == CLES_2independent(worse, better)
    assert CLES_1samp(better - worse) == CLES_1samp(worse - better) == 100  # the same differences to zero
PYTHON
