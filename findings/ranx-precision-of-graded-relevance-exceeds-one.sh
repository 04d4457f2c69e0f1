#!/usr/bin/env bash
# ranx 0.3.21
#
# The rank-biased precision is a sum over documents of which each is relevant or not, "0 or 1", and at most 1.
# ranx multiplies with the grade of the relevance: of three networks of grades 5, 3 and 1 the right order has
# an RBP of 3.4 at p = 0.5 where it is 0.875. Precision and recall take a grade for relevant.
#
# `random_seed` of `compare` and its randomization test seeds the main thread, not those that permute: in one
# process p is another each time, here from 0.000 to 0.007, and a significance at 0.005 comes and goes.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check ranx==0.3.21 numpy==2.4.6

cd "$folder"
export NUMBA_NUM_THREADS=2
"$folder/venv/bin/python" -W ignore - <<'PYTHON'
import numpy as np
from ranx import Qrels, Run, evaluate
from ranx.metrics import rank_biased_precision
from ranx.statistical_tests import fisher_randomization_test

grades = {"first": 5, "second": 3, "third": 1}
order = Run({"task": {"first": 0.9, "second": 0.8, "third": 0.7, "fourth": 0.1}})
names = ("rbp.50", "rbp.80", "precision@3", "recall@3", "map", "ndcg")
graded = evaluate(Qrels({"task": grades}), order, list(names))
binary = evaluate(Qrels({"task": dict.fromkeys(grades, 1)}), order, list(names))
for name in names:
    print(f"{name}: graded {graded[name]:.3f}, relevant or not {binary[name]:.3f}")
    assert (graded[name] > 1.5) == name.startswith("rbp") and binary[name] <= 1
    assert name.startswith("rbp") or graded[name] == binary[name]
assert abs(graded["rbp.50"] - 0.5 * (5 + 3 / 2 + 1 / 4)) < 1e-9
assert abs(binary["rbp.50"] - 0.5 * (1 + 1 / 2 + 1 / 4)) < 1e-9
assert "$r_i$ is either 0 or 1" in rank_biased_precision.__doc__

generator = np.random.default_rng(0)
control = generator.normal(size=30)
treatment = control + generator.normal(0.15, 0.5, 30)
values = {float(fisher_randomization_test(control, treatment, 1000, 0.01, 42)[0]) for _ in range(20)}
print("p of one test of one seed:", *sorted(values))
assert len(values) > 1
PYTHON
