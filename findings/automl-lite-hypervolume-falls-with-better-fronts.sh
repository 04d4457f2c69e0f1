#!/usr/bin/env bash
# automl-lite 0.2.1 (without its requirements, which its module of objectives does not import)
#
# `compute_hypervolume` of its architecture search, "higher is better", multiplies the width to the next network of the
# front with the height to the one before, two sides that belong to different rectangles: with a network that is best
# in one objective the volume falls. Up to (10, 10) the network (2, 2) has 64, together with the undominated (1, 3) 15
# in place of 71, and sets of 30 random networks have a tenth of theirs. With three objectives later networks count in
# the place of earlier ones, 520 for 561. Of one network the volume is right.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps \
  automl-lite==0.2.1 numpy==2.4.6

cd "$folder"
"$folder/venv/bin/python" -W ignore - <<'PYTHON'
import site
import sys
from dataclasses import dataclass
from itertools import product
from pathlib import Path

sys.path.append(str(Path(site.getsitepackages()[0]) / "automl_lite" / "nas"))

import numpy as np
from multi_objective import MultiObjectiveOptimizer, Objective

NAMES = ("error", "latency", "size")


@dataclass
class Network:
    metrics: dict


def hypervolume(points):
    names = NAMES[: len(points[0])]
    optimizer = MultiObjectiveOptimizer([Objective(name, "minimize") for name in names])
    networks = [Network(dict(zip(names, point, strict=True))) for point in points]
    return optimizer.compute_hypervolume(networks, dict.fromkeys(names, 10))


def by_counting(points):
    """Cubes of side 1 below 10 that some network of whole coordinates dominates."""
    cubes = product(range(10), repeat=len(points[0]))
    return sum(any(all(a <= b for a, b in zip(point, cube, strict=True)) for point in points) for cube in cubes)


for points in ([(2, 2)], [(1, 3), (2, 2)], [(1, 3), (2, 2), (3, 1)], [(2, 2, 2)], [(1, 3, 3), (2, 2, 2)]):
    print(f"{points}: {hypervolume(points):.0f}, right is {by_counting(points)}")
    assert (hypervolume(points) == by_counting(points)) == (len(points) == 1)
assert hypervolume([(1, 3), (2, 2)]) == 15 < hypervolume([(2, 2)]) == 64

shares = []
for seed in range(50):
    points = np.random.default_rng(seed).integers(0, 9, (30, 2)).tolist()
    shares.append(hypervolume(points) / by_counting(points))
print(f"50 sets of 30 networks: {min(shares):.2f} to {max(shares):.2f} of the hypervolume, median {np.median(shares):.2f}")
assert np.median(shares) < 0.6
PYTHON
