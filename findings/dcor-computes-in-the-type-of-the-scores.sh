#!/usr/bin/env bash
# dcor 0.7
#
# Distances and their products are added up in the type of the arguments. Of 8-bit integers, as operations
# and depths are kept, the default distance correlation is some millions, and 0 of a feature with itself,
# where floats of the same numbers have 0.36 and 1. Of 16-bit integers one of the three methods is above
# 1. The warnings speak of a slower implementation and of an overflow; a value is returned all the same.
# 64-bit integers are right. One would expect one value for the same numbers, as from numpy.corrcoef.
#
# Features of an architecture cannot be compared by it, and a threshold finds all related or none.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check dcor==0.7 numpy==2.4.6 scipy==1.17.1

cd "$folder"
"$folder/venv/bin/python" -W ignore - <<'PYTHON'
import dcor
import numpy as np

generator = np.random.default_rng(0)
cells = generator.integers(0, 5, (500, 6))
convolutions = (cells >= 3).sum(axis=1)
pools = (cells == 1).sum(axis=1)
noise = generator.integers(0, 7, 500)
pairs = {"convolutions and pools": (convolutions, pools), "convolutions and noise": (convolutions, noise)}

pairs["convolutions and convolutions"] = convolutions, convolutions

for name, pair in pairs.items():
    seen = {}
    for kind, method in (
        (np.uint8, "auto"), (np.int16, "auto"), (np.int16, "mergesort"), (np.int64, "auto"), (np.float64, "auto"),
    ):
        first, second = (values.astype(kind) for values in pair)
        assert np.array_equal(first, pair[0]) and np.array_equal(second, pair[1])
        seen[kind, method] = value = float(dcor.distance_correlation(first, second, method=method))
        correlation = float(np.corrcoef(first, second)[0, 1])
        print(f"{name}, {kind.__name__}, {method}: {value:.3f}, numpy.corrcoef {correlation:.3f}")
    expected = seen[np.float64, "auto"]
    assert 0 < expected < 1 + 1e-9
    for key in ((np.int16, "auto"), (np.int64, "auto")):
        assert abs(seen[key] - expected) < 1e-6
    assert seen[np.int16, "mergesort"] > 2
    assert seen[np.uint8, "auto"] == 0 if pair[0] is pair[1] else seen[np.uint8, "auto"] > 1e6
PYTHON
