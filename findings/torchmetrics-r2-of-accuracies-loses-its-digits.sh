#!/usr/bin/env bash
# torchmetrics 1.9.0, torch 2.13.0
#
# `R2Score`, `ExplainedVariance` and `RelativeSquaredError` subtract sums of squares in single precision. Accuracies
# lie close together and far from zero: of 15,625 with a mean of 94 and a deviation of 0.1 percent R2 and the
# explained variance are off by up to 0.2, and given in batches of 16 R2 of 2,000 of them by up to 0.3, where 0.5 is
# right. Of unrelated predictions of accuracies 0.001 apart R2 is 1.0 in place of -2.3. Pearson's correlation of the
# same numbers is right, as is all in double precision or of accuracies from which 94 was subtracted.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check \
  torchmetrics==1.9.0 torch==2.13.0 numpy==2.4.6

cd "$folder"
"$folder/venv/bin/python" -W ignore - <<'PYTHON'
import numpy as np
import torch
from torchmetrics.regression import ExplainedVariance, PearsonCorrCoef, R2Score

torch.set_num_threads(1)


def right(predictions, accuracies):
    """R2 in double precision, in two passes."""
    predictions, accuracies = predictions.double(), accuracies.double()
    return float(1 - ((accuracies - predictions) ** 2).sum() / ((accuracies - accuracies.mean()) ** 2).sum())


def value(kind, predictions, accuracies, batch=None, dtype=torch.float32):
    metric = kind().set_dtype(dtype)
    batch = batch or len(predictions)
    for pair in zip(predictions.to(dtype).split(batch), accuracies.to(dtype).split(batch), strict=True):
        metric.update(*pair)
    return float(metric.compute())


def draw(seed, count):
    generator = np.random.default_rng(seed)
    accuracies = torch.tensor(generator.normal(94, 0.1, count), dtype=torch.float32)
    error = torch.tensor(generator.normal(0, 0.07, count), dtype=torch.float32)
    return accuracies + error, accuracies


def largest_error(kind, count, **options):
    errors = [
        value(kind, *pairs, **options) - right(*pairs) for pairs in (draw(seed, count) for seed in range(10))
    ]
    return max(errors, key=abs)


CASES = {
    "R2 of 15,625": (R2Score, 15_625, {}),
    "explained variance of 15,625": (ExplainedVariance, 15_625, {}),
    "R2 of 2,000 in batches of 16": (R2Score, 2000, {"batch": 16}),
    "R2 of 15,625 in double precision": (R2Score, 15_625, {"dtype": torch.float64}),
}
print(f"right: {right(*draw(0, 15_625)):.3f}")
for name, (kind, count, options) in CASES.items():
    error = largest_error(kind, count, **options)
    print(f"{name}: largest error of ten draws {error:.3f}")
    assert abs(error) < 1e-3 if "double" in name else abs(error) > 0.05

pairs = draw(0, 15_625)
assert abs(value(R2Score, *(column - 94 for column in pairs)) - right(*pairs)) < 1e-3
correlation = np.corrcoef(*(column.double() for column in pairs))[0, 1]
assert abs(value(PearsonCorrCoef, *pairs) - correlation) < 1e-5

generator = np.random.default_rng(0)
accuracies = torch.tensor(generator.normal(size=30) * 1e-3 + 94, dtype=torch.float32)
predictions = torch.tensor(generator.normal(size=30) * 1e-3 + 94, dtype=torch.float32)
print(f"30 unrelated: {value(R2Score, predictions, accuracies):.3f}, right {right(predictions, accuracies):.3f}")
assert value(R2Score, predictions, accuracies) > 0.5 and right(predictions, accuracies) < 0
PYTHON
