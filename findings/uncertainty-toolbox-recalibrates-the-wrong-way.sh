#!/usr/bin/env bash
# uncertainty-toolbox 0.1.1, scikit-learn 1.9.1, scipy 1.17.1, numpy 2.4.6
#
# "The proportion of data that are below the predicted quantile" is that above its mirror image: residuals are
# predictions less values. Of accuracies that are one deviation higher than predicted 18% are below the predicted
# median, and the toolbox says 82%. The quantile recalibrator learns from that to predict lower still: a median
# with 18% below it becomes one with 2%, and the quantile of 90% has 26% below it where it had 60% before. Errors of
# calibration, intervals and unbiased predictions do not show it: they are the same for the mirror image.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check \
  uncertainty-toolbox==0.1.1 scikit-learn==1.9.1 scipy==1.17.1 numpy==2.4.6 matplotlib==3.11.2

cd "$folder"
"$folder/venv/bin/python" -W ignore - <<'PYTHON'
import contextlib
import io

import numpy as np
from uncertainty_toolbox.metrics_calibration import (
    get_proportion_lists_vectorized,
    get_proportion_under_quantile,
    get_quantile,
)
from uncertainty_toolbox.recalibration import get_quantile_recalibrator

generator = np.random.default_rng(0)
predictions = generator.normal(90, 2, 1000)
deviations = np.ones(1000)
accuracies = predictions + 1 + generator.normal(0, 1, 1000)

below = np.mean(accuracies <= predictions)  # the predicted median is the prediction
said = get_proportion_under_quantile(predictions, deviations, accuracies, 0.5)
print(f"below the predicted median: {below:.2f}, by the toolbox {said:.2f}")
assert below < 0.2 and abs(said - (1 - below)) < 1e-9
expected, observed = get_proportion_lists_vectorized(predictions, deviations, accuracies, prop_type="quantile")
assert (observed[1:-1] >= expected[1:-1]).all()  # as if accuracies were lower than predicted

with contextlib.redirect_stdout(io.StringIO()):
    recalibrated = get_quantile_recalibrator(predictions, deviations, accuracies)
for level in (0.1, 0.5, 0.9):
    before = np.mean(accuracies <= get_quantile(predictions, deviations, level))
    after = np.mean(accuracies <= recalibrated(predictions, deviations, level))
    print(f"quantile of {level:.0%}: {before:.0%} below it as predicted, {after:.0%} recalibrated on the same data")
    assert after < before < level

mirrored = 2 * predictions - accuracies  # right for the mirror image alone
after = np.mean(mirrored <= recalibrated(predictions, deviations, 0.5))
assert abs(after - 0.5) < 0.05
PYTHON
