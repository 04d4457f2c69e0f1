#!/usr/bin/env bash
# dlordinal 2.7.0, scikit-learn 1.9.1, scipy 1.17.1, numpy 2.4.6 (without torch, which its metrics do not need)
#
# The distances of the ordinal metrics are between classes that occur: predicting the ninth class for the first, where
# no other occurs, is an error of 1, also of probabilities of nine classes. `accuracy_off1` leaves out predictions of
# classes that no image has: of ten images of which nine are predicted eight or nine classes too high the accuracy
# within one class is 1. One prediction of such a class makes `minimum_sensitivity` 0, with a warning of scikit-learn.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check \
  scikit-learn==1.9.1 scipy==1.17.1 numpy==2.4.6
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps dlordinal==2.7.0

cd "$folder"
"$folder/venv/bin/python" -W ignore - <<'PYTHON'
import numpy as np
from dlordinal.metrics import accuracy_off1, amae, minimum_sensitivity, mmae


def errors(true, predicted):
    """Mean absolute error of the images of each class that has any."""
    return [np.abs(predicted - label)[true == label].mean() for label in np.unique(true)]


true, predicted = np.array([0, 8]), np.array([8, 0])
probabilities = np.eye(9)[predicted]
print(f"errors of 8 classes: average {amae(true, probabilities)}, maximum {mmae(true, probabilities)}")
assert amae(true, probabilities) == mmae(true, probabilities) == 1
assert np.mean(errors(true, predicted)) == np.max(errors(true, predicted)) == 8

true, predicted = np.array([0] * 5 + [1] * 5), np.array([9] * 9 + [1])
within, right = accuracy_off1(true, predicted), np.mean(np.abs(true - predicted) <= 1)
print(f"nine of ten far too high: within one class {within}, right {right}")
print(f"average error {amae(true, predicted)}, right {np.mean(errors(true, predicted))}")
assert within == 1 and right == 0.1 == accuracy_off1(true, predicted, labels=range(10))
assert amae(true, predicted) < 2 and np.mean(errors(true, predicted)) > 7

true = np.array([0] * 50 + [1] * 50)
predicted = true.copy()
predicted[-1] = 2
sensitivities = [np.mean(predicted[true == label] == label) for label in (0, 1)]
print(f"one of 100 predicted as a third class: minimum {minimum_sensitivity(true, predicted)}, right {sensitivities}")
assert minimum_sensitivity(true, predicted) == 0 and min(sensitivities) == 0.98
PYTHON
