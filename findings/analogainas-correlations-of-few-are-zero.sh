#!/usr/bin/env bash
# analogainas 0.1.0
#
# `kendal_correlation` and `spearman_correlation`, by which its surrogate models are judged, return 0 where
# the p-value is above 0.05: a perfect order of four networks has a Kendall correlation of 0, one of five
# 1.0, and a mean over small samples is too small. `check_ties`, which chooses between the two, looks for
# values that both variables share: predictions with ties have none, exact predictions are all ties.
#
# The searches and the multilayer perceptron of the package import it as `analognas`, a name that it does
# not have.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check \
  torch==2.13.0 numpy==2.4.6 scipy==1.17.1
# without what it asks for, as aihwkit, which these functions do not use
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps analogainas==0.1.0

cd "$folder"
"$folder/venv/bin/python" -W ignore - <<'PYTHON'
from contextlib import redirect_stdout
from importlib import import_module
from io import StringIO

import numpy as np
from analogainas.utils import check_ties, kendal_correlation, spearman_correlation
from scipy.stats import kendalltau

for size in (3, 4, 5, 6):
    ranks = list(range(size))
    values = kendal_correlation(ranks, ranks), spearman_correlation(ranks, ranks[:-2] + ranks[:-3:-1])
    print(f"{size} networks: right order, Kendall {values[0]:.1f}; last two exchanged, Spearman {values[1]:.2f}")
    assert values == (0, 0) if size < 5 else min(values) > 0.85

generator = np.random.default_rng(0)
samples = generator.multivariate_normal([0, 0], [[1, 0.7], [0.7, 1]], size=(500, 10))
with redirect_stdout(StringIO()):
    cut = np.mean([kendal_correlation(*sample.T) for sample in samples])
whole = np.mean([kendalltau(*sample.T).statistic for sample in samples])
print(f"mean of 500 samples of ten networks: {cut:.3f}, by scipy {whole:.3f}")
assert cut < 0.8 * whole

print("ties in 1, 1, 2 and 90, 91, 92:", check_ties([1, 1, 2], [90, 91, 92]), end="; ")
print("in 1, 2, 3 and 3, 2, 1:", check_ties([1, 2, 3], [3, 2, 1]))
assert not check_ties([1, 1, 2], [90, 91, 92]) and check_ties([1, 2, 3], [3, 2, 1])
for name in ("evaluators.mlp", "search_algorithms.ea", "search_algorithms.ea_optimized"):
    try:
        import_module(f"analogainas.{name}")
        raise SystemExit(f"{name} can be imported")
    except ModuleNotFoundError as error:
        print(f"{name}:", error)
        assert error.name.startswith("analognas")
PYTHON
