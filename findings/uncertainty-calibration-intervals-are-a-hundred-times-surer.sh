#!/usr/bin/env bash
# uncertainty-calibration 0.1.4, scikit-learn 1.9.1, scipy 1.17.1, numpy 2.4.6
#
# Intervals of the calibration error are said to be those of "1-alpha", by default 0.1, and handed to a function that
# takes percent: they are of 99.9% in place of 90%, of a hundred resamples, so that they reach from the lowest to the
# highest. An alpha of 0.5 makes them narrower by a twentieth, and two networks are told apart only when their errors
# differ by half as much again as 90% asks for. With `alpha=10` they are those of 90%.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check \
  uncertainty-calibration==0.1.4 scikit-learn==1.9.1 scipy==1.17.1 numpy==2.4.6

cd "$folder"
"$folder/venv/bin/python" -W ignore - <<'PYTHON'
import calibration
import numpy as np

generator = np.random.default_rng(0)
confidences = generator.uniform(0.5, 1, 400).round(1)
correct = (generator.random(400) < confidences - 0.1).astype(int)  # over-confident by 0.1


def width(alpha):
    """Mean width of ten intervals."""
    np.random.seed(0)
    intervals = [calibration.get_calibration_error_uncertainties(confidences, correct, alpha=alpha) for _ in range(10)]
    return float(np.mean([high - low for low, _, high in intervals]))


resampled = []
draws = np.random.default_rng(0)
for _ in range(1000):
    rows = draws.integers(400, size=400)
    resampled.append(calibration.get_calibration_error(confidences[rows], correct[rows], debias=False))
widths = {
    share: float(np.diff(np.percentile(resampled, [50 - share / 2, 50 + share / 2]))[0]) for share in (50, 90, 99)
}
seen = {alpha: width(alpha) for alpha in (0.01, 0.1, 0.5, 10)}
for alpha, share in ((0.01, 99), (0.1, 90), (0.5, 50)):
    print(f"alpha {alpha}: width {seen[alpha]:.3f}, of {share}% {widths[share]:.3f}")
print(f"alpha 10: width {seen[10]:.3f}")
assert seen[0.5] > 0.92 * seen[0.01]
assert seen[0.1] > 1.4 * widths[90] and seen[0.5] > 3 * widths[50]
assert abs(seen[10] / widths[90] - 1) < 0.1
PYTHON
