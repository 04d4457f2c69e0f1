#!/usr/bin/env bash
# pandas 3.1.1, scipy 1.17.1
#
# `to_json` writes numbers with ten decimals by default, and 15 at most: scores below 5e-11 become 0.0, but those
# below 1e-15 are written in full. Of proxy scores from 1e-20 to 1 the smallest stay, the middle ones are all 0 and
# the order is no longer the same, without a word: Kendall's tau of what is read back is 0.73 where it was 1.
# `json.dumps` of the same column is exact. With `double_precision=15` 1e-14 has two digits.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check \
  pandas==3.1.1 scipy==1.17.1 numpy==2.4.6

cd "$folder"
"$folder/venv/bin/python" -W ignore - <<'PYTHON'
import io
import json

import numpy as np
import pandas as pd
from scipy.stats import kendalltau

scores = pd.Series(10.0 ** np.linspace(-20, 0, 201))
for name, text in (
    ("to_json", scores.to_json(orient="values")),
    ("to_json, 15 decimals", scores.to_json(orient="values", double_precision=15)),
    ("json.dumps", json.dumps(scores.tolist())),
):
    values = np.array(json.loads(text))
    tau = kendalltau(scores, values).statistic
    error = np.max(np.abs(values / scores - 1))
    print(f"{name}: {(values == 0).sum()} of 201 are zero, tau {tau:.2f}, largest relative error {error:.1e}")
    assert ((values == 0).sum() > 40) == (name == "to_json")
    assert (tau < 0.8) == (name == "to_json") and (error == 0) == (name == "json.dumps")

text = pd.Series([1.23456789e-9, 3e-11, 1.23456789e-14, 4e-16, 1e-20]).to_json(orient="values")
print(text)
assert json.loads(text) == [1.2e-9, 0.0, 0.0, 4e-16, 1e-20]
back = pd.read_json(io.StringIO(text), typ="series")
assert back.idxmin() == 1 and back[4] > back[1]  # the smallest of the five was the last
PYTHON
