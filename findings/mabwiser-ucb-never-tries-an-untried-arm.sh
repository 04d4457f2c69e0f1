#!/usr/bin/env bash
# mabwiser 2.7.4, scikit-learn 1.9.1, scipy 1.17.1, pandas 3.1.1, numpy 2.4.6 (without seaborn, which bandits do not need)
#
# The policy UCB1 gives an operation that was never tried the bound 0, where the algorithm tries each one first and an
# unknown bound is infinite: among accuracies, which are positive, it is never tried, whatever `alpha` says. A search that
# begins with one evaluation of the first of five operations evaluates nothing else in 200 steps; of losses, which are
# negative, it tries all. Arms added later never get a turn. The formula of the documentation divides by the
# number of trials, and says nothing of 0.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check \
  scikit-learn==1.9.1 scipy==1.17.1 pandas==3.1.1 joblib==1.6.0 numpy==2.4.6
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps mabwiser==2.7.4

cd "$folder"
"$folder/venv/bin/python" -W ignore - <<'PYTHON'
from collections import Counter

import numpy as np
from mabwiser.mab import MAB, LearningPolicy

MEANS = dict(zip(("skip", "pool", "conv1", "conv3", "sep"), (0.90, 0.91, 0.92, 0.93, 0.94)))


def search(alpha, shift=0.0):
    """How often each operation is evaluated in 200 steps, after one of the first."""
    generator = np.random.default_rng(0)
    bandit = MAB(list(MEANS), LearningPolicy.UCB1(alpha=alpha))
    bandit.fit(["skip"], [MEANS["skip"] + shift])
    tried = Counter(["skip"])
    for _ in range(200):
        operation = bandit.predict()
        tried[operation] += 1
        bandit.partial_fit([operation], [MEANS[operation] + shift + generator.normal(0, 0.01)])
    return tried


for alpha in (0.05, 1, 100):
    tried = search(alpha)
    print(f"accuracies, alpha {alpha}: {dict(tried)}")
    assert tried == {"skip": 201}
tried = search(0.01, shift=-1.0)
print(f"accuracies less 1, alpha 0.01: {dict(tried)}")
assert set(tried) == set(MEANS)

bandit = MAB(["skip", "pool"], LearningPolicy.UCB1(alpha=1))
bandit.fit(["skip", "pool"] * 5, [0.5] * 10)
bandit.add_arm("sep")
assert bandit.predict_expectations()["sep"] == 0 and bandit.predict() != "sep"
PYTHON
