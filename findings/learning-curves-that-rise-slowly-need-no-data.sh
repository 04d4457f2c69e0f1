#!/usr/bin/env bash
# learning-curves 0.2.2, scikit-learn 1.9.1, scipy 1.17.1, numpy 2.4.6
#
# `threshold` is to find the size of the training set from which a fitted curve reaches a share of its limit. Where it
# does not within a thousand times the largest size, the answer is the smallest size that was measured, with the
# accuracy there: of a curve that needs four million images for 99% of its limit, ten, and an accuracy of 0.50. The
# slower a curve rises, the less data it is said to need. Of losses and other negative scores no curve reaches the
# threshold.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check \
  dill==0.4.1 matplotlib==3.11.2 scikit-learn==1.9.1 scipy==1.17.1 numpy==2.4.6
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps learning-curves==0.2.2

cd "$folder"
"$folder/venv/bin/python" -W ignore - <<'PYTHON'
import numpy as np
from learning_curves import LearningCurve

SIZES = np.array([10, 20, 50, 100, 200, 500, 1000, 2000])


def needed(limit, gap, rate):
    """Size, accuracy there and the right size for 99% of the limit, of an accuracy of limit - gap * size ** -rate."""
    curves = LearningCurve()
    power = curves.get_predictor("pow")
    curves.fit(power, SIZES.astype(float), limit - gap * SIZES ** -float(rate))
    _, size, accuracy = curves.threshold_cust(power, SIZES, threshold=0.99)
    return int(size), float(accuracy), (gap / abs(0.01 * limit)) ** (1 / rate)


sizes = {}
for rate in (1.0, 0.5, 0.3, 0.2):
    size, accuracy, right = needed(0.95, 0.9, rate)
    sizes[rate] = size
    print(f"rate {rate}: {size} images for an accuracy of {accuracy:.3f}, right {right:.3g} for {0.99 * 0.95:.3f}")
    if rate > 0.4:
        assert abs(size / right - 1) < 0.1 and abs(accuracy - 0.9405) < 1e-3
    else:
        assert size == SIZES[0] and accuracy < 0.51 and right > 1e6
assert sizes[0.2] < sizes[1.0] < sizes[0.5]

size, score, _ = needed(-0.1, 0.9, 1.0)  # the negative of a loss that falls to 0.1
print(f"a negative loss: {size} images for {score:.3f}, of a limit of -0.1")
assert size == SIZES[0] and score < -0.18
PYTHON
