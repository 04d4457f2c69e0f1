#!/usr/bin/env bash
# evolo-moead 0.1.0, pymoo 0.6.2, peft 0.21.2
#
# The knee of a Pareto front is to be where the differences to both neighbours "form the sharpest angle". The
# function takes the largest angle between them, 180 degrees on a straight line and 90 at a corner: it returns
# the flattest point of a front, and never the corner of an L. The configuration that a search of LoRA
# adapters without training returns is that point: where the score saturates, one at the end of the front.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check \
  evolo-moead==0.1.0 pymoo==0.6.2 torch==2.13.0 transformers==5.24.0 peft==0.21.2 numpy==2.4.6

cd "$folder"
"$folder/venv/bin/python" -W ignore - <<'PYTHON'
import numpy as np
from evolo_moead.core.geometry import find_knee_point


def angles(front):
    """Of each inner point, in degrees, objectives scaled to 0 and 1."""
    scaled = (front - front.min(0)) / (front.max(0) - front.min(0))
    before, after = scaled[:-2] - scaled[1:-1], scaled[2:] - scaled[1:-1]
    cosines = (before * after).sum(1) / np.linalg.norm(before, axis=1) / np.linalg.norm(after, axis=1)
    return np.degrees(np.arccos(np.clip(cosines, -1, 1)))


assert "sharpest" in __import__("evolo_moead.core.geometry", fromlist=["geometry"]).__doc__
positions = np.linspace(0, 1, 21)
fronts = {
    "corner": np.array([[0.0, 9], [0, 7], [0, 5], [0, 0], [3, 0], [5, 0], [9, 0]]),
    "score against parameters": np.array([[-10.0, 1], [-50, 2], [-90, 3], [-92, 8], [-93, 20], [-94, 40], [-95, 60]]),
    "convex": np.column_stack([positions, (1 - positions**0.5) ** 2]),
}
for name, front in fronts.items():
    knee = find_knee_point(front)
    found = angles(front)
    sharpest = int(found.argmin()) + 1
    print(f"{name}: returned {front[knee].round(4).tolist()} of {found[knee - 1]:.1f} degrees", end=", ")
    print(f"sharpest is {front[sharpest].round(4).tolist()} of {found[sharpest - 1]:.1f}")
    assert knee != sharpest and found[knee - 1] > found.max() - 1e-6
PYTHON
