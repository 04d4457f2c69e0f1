#!/usr/bin/env bash
# pfevaluator 1.1.0, pygmo 2.20.0, numpy 2.4.6
#
# `find_reference_front` takes a point that occurs twice for dominated, in both places: of three networks and
# a copy of the best one the front is another, and of two copies of one network it is empty.
# `metric_volume` moves the reference point that it is given by 100 in every objective: with errors and
# latencies below 1 a front and one that is ten times worse differ by a hundredth of their hypervolume.
# The spacing of a front is taken from its points to those of the reference, in the order of rows, and not to
# each other.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check \
  pfevaluator==1.1.0 pygmo==2.20.0 numpy==2.4.6

cd "$folder"
"$folder/venv/bin/python" -W ignore - <<'PYTHON'
import contextlib
import io

import numpy as np
import pfevaluator
import pygmo

networks = np.array([[0.1, 0.3], [0.3, 0.1], [0.4, 0.4]])
front = pfevaluator.find_reference_front(networks)
doubled = pfevaluator.find_reference_front(np.vstack([networks, networks[0]]))
alone = pfevaluator.find_reference_front(networks[[0, 0]])
print("front of three networks:", front.tolist())
print("with the first one twice:", doubled.tolist(), "of two copies of it:", alone.tolist())
assert front.tolist() == networks[:2].tolist()
assert doubled.tolist() == [[0.3, 0.1]] and not len(alone)

good, bad = np.array([[0.05, 0.05]]), np.array([[0.5, 0.5]])
point = np.array([1.0, 1.0])
right = [pygmo.hypervolume(points).compute(point) for points in (good, bad)]
named = [
    pfevaluator.metric_volume(points, good, ["HV"], hv_point=point)["HV"] for points in (good, bad)
]
print(f"hypervolumes up to (1, 1): {right[0]:.4f} and {right[1]:.4f}", end="; ")
print(f"by metric_volume: {named[0]:.1f} and {named[1]:.1f}, a ratio of {named[1] / named[0]:.3f}")
assert np.allclose(named, [100.95**2, 100.5**2]) and right[0] > 3.6 * right[1]

even = np.array([[0.0, 0.4], [0.1, 0.3], [0.2, 0.2], [0.3, 0.1], [0.4, 0.0]])
references = {"itself": even, "itself in another order": even[::-1], "another": even + [[0.0], [1], [0], [2], [0]]}
spacings = {}
for name, reference in references.items():
    with contextlib.redirect_stdout(io.StringIO()):
        spacings[name] = float(pfevaluator.metric_tpfront(even, reference, ["S"])["S"])
    print(f"spacing of an even front beside {name}: {spacings[name]:.3f}")
assert spacings["itself"] < 1e-9 and min(list(spacings.values())[1:]) > 0.03
PYTHON
