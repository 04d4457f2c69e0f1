#!/usr/bin/env bash
# deepsig 1.2.8, numpy 2.4.6
#
# `bootstrap_test`, the "paired bootstrap test", draws the scores of the two methods independently of each other:
# a method that is better by a point on each of 20 tasks, whose accuracies lie between 40 and 90, has p = 0.43,
# and with the pairs kept none of a thousand resamples. The permutation test of the package keeps the pairs. Of one run of each
# method the p of the bootstrap is 0, of equal methods with three runs one in seven has p < 0.05.
# A `seed` is given to numpy's global generator and stays: what is drawn next is the same after every test.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check \
  deepsig==1.2.8 numpy==2.4.6 scipy==1.17.1 pandas==3.1.1

cd "$folder"
"$folder/venv/bin/python" -W ignore - <<'PYTHON'
import numpy as np
from deepsig import bootstrap_test, permutation_test

generator = np.random.default_rng(0)
tasks = generator.uniform(40, 90, 20)
better = tasks + 1 + generator.normal(0, 0.1, 20)
found = bootstrap_test(better, tasks, seed=0)
permuted = permutation_test(better, tasks, seed=0)
differences = better - tasks
resampled = generator.choice(differences, (1000, 20)).mean(1)
paired = (resampled >= 2 * differences.mean()).mean()
print(f"better by a point on each of 20 tasks: bootstrap_test p {found:.3f}", end=", ")
print(f"with pairs kept {paired:.3f}, permutation_test {permuted:.3f}")
assert found > 0.3 and paired == 0 and permuted < 0.01
shuffled = bootstrap_test(better, tasks[::-1].copy(), seed=0)
print(f"with the tasks of one method in another order: {shuffled:.3f}")
assert abs(shuffled - found) < 0.05

assert bootstrap_test([0.91], [0.90], seed=0) == 0
pairs = generator.normal(size=(300, 2, 3))
shares = [
    np.mean([test(*pair, num_samples=200, seed=0) < 0.05 for pair in pairs])
    for test in (bootstrap_test, permutation_test)
]
print(f"one run each: p 0; equal methods with three runs: p < 0.05 in {shares[0]:.0%} by the bootstrap", end=", ")
print(f"{shares[1]:.0%} by permutations")
assert shares[0] > 0.08 and shares[1] < 0.05

drawn = set()
for seed in range(3):
    np.random.seed(seed)
    permutation_test(better, tasks, seed=0)
    drawn.add(np.random.rand())
print("numbers drawn after a test, of three states before it:", *drawn)
assert len(drawn) == 1
PYTHON
