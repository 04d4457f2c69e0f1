#!/usr/bin/env bash
# ConfigSpace 1.2.2
#
# `pdf_values` of integers with a normal or beta distribution, or on a log scale, gives other
# probabilities than `sample_value` draws by. The density is taken at the values as if the first and the
# last lay on the bounds, samples are cut into bins of one width each: numbers on the bounds are drawn in
# a tenth of all samples of a beta distribution and have the probability 0, which the documentation keeps
# for values that are not legal. On a log scale all values have one probability, and the smallest is drawn
# five times as often as the largest. Categories and plain integers agree.
#
# A search that weighs candidates by these densities, as SMAC does with a prior, gives next to nothing to
# depths that the prior itself draws in one of five configurations.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check \
  ConfigSpace==1.2.2 numpy==2.4.6 scipy==1.17.1

cd "$folder"
"$folder/venv/bin/python" -W ignore - <<'PYTHON'
import numpy as np
from ConfigSpace import (
    BetaIntegerHyperparameter,
    CategoricalHyperparameter,
    NormalIntegerHyperparameter,
    UniformIntegerHyperparameter,
)

kinds = {
    "categories": CategoricalHyperparameter("operation", [1, 2, 3], weights=[1, 2, 7]),
    "uniform": UniformIntegerHyperparameter("depth", 1, 5),
    "normal": NormalIntegerHyperparameter("depth", mu=5, sigma=2, lower=1, upper=9),
    "beta": BetaIntegerHyperparameter("depth", alpha=2, beta=2, lower=1, upper=5),
    "log": UniformIntegerHyperparameter("width", 1, 8, log=True),
}
drawn, said = {}, {}
for name, kind in kinds.items():
    values = list(kind.choices) if name == "categories" else list(range(kind.lower, kind.upper + 1))
    sample = np.asarray(kind.sample_value(200_000, seed=np.random.RandomState(0)))
    drawn[name] = np.array([np.mean(sample == value) for value in values])
    said[name] = np.asarray(kind.pdf_values(values if name == "categories" else np.array(values)))
    print(f"{name}: drawn", *drawn[name].round(3), "said", *said[name].round(3), f"sum {said[name].sum():.3f}")
    assert all(kind.is_legal(value) for value in values)

for name in ("categories", "uniform"):
    assert np.abs(drawn[name] - said[name]).max() < 0.01
for name in ("normal", "beta", "log"):
    assert np.abs(drawn[name] - said[name]).max() > 0.01
assert said["beta"][0] == said["beta"][-1] == 0 and min(drawn["beta"][0], drawn["beta"][-1]) > 0.1
assert np.allclose(said["log"], 1 / 8) and drawn["log"][0] > 5 * drawn["log"][-1]
assert said["normal"].sum() < 0.95 and said["beta"].sum() < 0.8
PYTHON
