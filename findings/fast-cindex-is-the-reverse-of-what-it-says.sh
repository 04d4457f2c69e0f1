#!/usr/bin/env bash
# fast-cindex 0.1.0
#
# The documentation says that scores are risks, of which a higher one means an earlier event. The function counts the
# pairs the other way: risks in perfect order have a concordance of 0, times to the event one of 1, and a good
# predictor of which network trains to its target first seems worse than chance. The example of its documentation
# gives a negative hazard and calls it a higher risk. By its formula, Harrell's, the value is one minus what it says.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check \
  fast-cindex==0.1.0 numba==0.68.1 numpy==2.4.6

cd "$folder"
"$folder/venv/bin/python" -W ignore - <<'PYTHON'
import inspect

import numpy as np
from fast_cindex import cindex


def harrell(times, risks, observed):
    """Share of comparable pairs in which the earlier event has the higher risk; ties count half."""
    good = pairs = 0.0
    for i in range(len(times)):
        for j in range(len(times)):
            if observed[i] and times[i] < times[j]:
                pairs += 1
                good += (risks[i] > risks[j]) + 0.5 * (risks[i] == risks[j])
    return good / pairs


assert "higher value = higher predicted risk" in inspect.getdoc(cindex)
perfect = cindex([1, 2, 3, 4], [4, 3, 2, 1], [1, 1, 1, 1])
print(f"risks in perfect order: {perfect}, by definition {harrell([1, 2, 3, 4], [4, 3, 2, 1], [1] * 4)}")
assert perfect == 0.0

generator = np.random.default_rng(0)
epochs = generator.permutation(60) + 1.0  # epochs until a network has reached its target accuracy
risks = -epochs + generator.normal(0, 15, 60)
reached = (generator.random(60) < 0.8).astype(int)
value, right = cindex(epochs, risks, reached), harrell(epochs, risks, reached)
print(f"60 networks: {value:.4f}, by definition {right:.4f}")
assert right > 0.75 and abs(value - (1 - right)) < 1e-12
PYTHON
