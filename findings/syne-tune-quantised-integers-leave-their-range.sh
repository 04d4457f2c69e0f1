#!/usr/bin/env bash
# syne-tune 0.16.0
#
# `qrandint` and `qlograndint` sample integers "between lower and upper", both included, rounded to a
# multiple. They round without a look at the range: widths from 1 to 64 in steps of 8 are 0 in four of ten
# samples, a number of channels that no layer has, and `is_valid` says so. For real numbers the same bounds
# are an error. The ends have some half the share of the others; halves are rounded to the even
# multiple, so that of 3 to 9 in steps of 2 there are 4, 6 and 8, and 6 has a third of the share of 4 and 8.
#
# `len` counts all integers, a list of samples holds floats, and what is to be saved as JSON cannot be.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check \
  numpy==2.4.6 pandas==2.3.3 scikit-learn==1.9.1 statsmodels==0.15.0 xgboost-cpu==3.2.0 dill==0.4.1 sortedcontainers==2.4.0 \
  psutil==7.2.2 tqdm==4.70.1 typing_extensions==4.16.0
# without the GPU build of xgboost that it asks for
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps syne-tune==0.16.0

cd "$folder"
"$folder/venv/bin/python" -W ignore - <<'PYTHON'
import json
import logging
from collections import Counter

import numpy as np

logging.disable(logging.CRITICAL)
from syne_tune.config_space import (
    config_space_to_json_dict,
    qlograndint,
    qrandint,
    quniform,
    randint,
)

generator = np.random.RandomState(0)
shares = {}
domains = {
    "log from 1 to 64 in steps of 8": qlograndint(1, 64, 8),
    "from 1 to 10 in steps of 4": qrandint(1, 10, 4),
    "from 8 to 64 in steps of 8": qrandint(8, 64, 8),
    "from 3 to 9 in steps of 2": qrandint(3, 9, 2),
}
for name, domain in domains.items():
    values = [domain.sample(random_state=generator) for _ in range(10000)]
    counts = Counter(values)
    shares[name] = {value: counts[value] / len(values) for value in sorted(counts)}
    outside = sum(not domain.is_valid(value) for value in values) / len(values)
    print(f"{name}: {outside:.0%} outside,", ", ".join(f"{v}: {s:.0%}" for v, s in shares[name].items()))
    assert (outside > 0.05) == (0 in counts) == (name in list(domains)[:2])
assert shares["log from 1 to 64 in steps of 8"][0] > 0.3
widths = shares["from 8 to 64 in steps of 8"]
assert max(widths[8], widths[64]) < 0.1 < min(widths[value] for value in range(16, 64, 8))
depths = shares["from 3 to 9 in steps of 2"]
assert set(depths) == {4, 6, 8} and min(depths[4], depths[8]) > 2.5 * depths[6]

try:
    quniform(1.0, 10.0, 4.0)
    raise SystemExit("real numbers are not checked")
except ValueError as error:
    print("quniform:", " ".join(str(error).split()))
domain = qrandint(8, 64, 8)
listed = domain.sample(size=3, random_state=generator)
print(f"length {len(domain)} of 8 values; types of a list of samples:", {type(value).__name__ for value in listed})
assert len(domain) == 57 and all(isinstance(value, float) for value in listed)
assert "can be saved as a json file" in config_space_to_json_dict.__doc__
json.dumps(config_space_to_json_dict({"width": randint(8, 64)}))
try:
    json.dumps(config_space_to_json_dict({"width": domain}))
    raise SystemExit("a space with such a range is saved")
except TypeError as error:
    print("as a json file:", error)
PYTHON
