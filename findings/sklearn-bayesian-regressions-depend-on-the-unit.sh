#!/usr/bin/env bash
# scikit-learn 1.9.1
#
# `ARDRegression` takes a column out of the model once the precision of its weight exceeds `threshold_lambda`, by
# default 10,000, so weights of some hundredths are zero, whatever was learnt: with accuracies in percent the mean
# error is 0.39, as shares of one it is 0.89 of the same percent, and in thousandths every prediction is one
# constant. The priors of `BayesianRidge` and of ARD are a millionth of the squared unit: deviations of targets in
# units of 1e-4 are three and a half times, in those of 1e-6 350 times too wide and intervals hold everything, while
# the predictions of `BayesianRidge` are right. Nothing warns.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check \
  scikit-learn==1.9.1 numpy==2.4.6

cd "$folder"
"$folder/venv/bin/python" -W error - <<'PYTHON'
import numpy as np
from sklearn.linear_model import ARDRegression, BayesianRidge

generator = np.random.default_rng(0)
features = generator.normal(size=(260, 5))
weights = generator.normal(size=5)
percent = features @ weights + generator.normal(0, 0.5, 260)
seen, unseen = slice(0, 60), slice(60, 260)

errors, deviations = {}, {}
for kind in (BayesianRidge, ARDRegression):
    for unit in (1.0, 1e-2, 1e-3, 1e-4, 1e-6):
        model = kind().fit(features[seen], percent[seen] * unit)
        means, spread = model.predict(features[unseen], return_std=True)
        errors[kind, unit] = np.abs(means / unit - percent[unseen]).mean()
        deviations[kind, unit] = spread.mean() / unit
        within = np.mean(np.abs(means / unit - percent[unseen]) < 1.96 * spread / unit)
        print(
            f"{kind.__name__}, unit {unit:g}: error {errors[kind, unit]:.2f}, deviation "
            f"{deviations[kind, unit]:.2f}, {within:.0%} within 1.96, {np.ptp(means) / unit:.1f} from "
            "lowest to highest prediction"
        )
        if kind is ARDRegression:
            assert (np.ptp(means) < 1e-12) == (unit <= 1e-3)

least, *_ = np.linalg.lstsq(np.c_[features[seen], np.ones(60)], percent[seen], rcond=None)
squares = np.abs(np.c_[features[unseen], np.ones(200)] @ least - percent[unseen]).mean()
print(f"least squares: error {squares:.2f} in every unit")
for unit in (1.0, 1e-2, 1e-3, 1e-4, 1e-6):
    assert abs(errors[BayesianRidge, unit] - squares) < 0.02
assert errors[ARDRegression, 1.0] < squares + 0.02
assert errors[ARDRegression, 1e-2] > 2 * squares and errors[ARDRegression, 1e-3] > 3.5 * squares
assert deviations[BayesianRidge, 1e-4] > 3 * deviations[BayesianRidge, 1.0]
assert deviations[BayesianRidge, 1e-6] > 300 * deviations[BayesianRidge, 1.0]
PYTHON
