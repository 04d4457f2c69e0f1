#!/usr/bin/env bash
# krippendorff 0.9.0, numpy 2.4.6
#
# Distances of "interval", the default, and "ratio" are taken in the type of the ratings: of unsigned integers, as ranks
# or bins in one byte are kept, a difference of 2 and 3 is 255, and sums of signed bytes overflow. Krippendorff's alpha
# of two proxies that agree within one bin is 0.40 in place of 0.84. "ordinal" and "nominal" are right, and so are all
# with a missing rating, which makes floats of them.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check krippendorff==0.9.0 numpy==2.4.6

cd "$folder"
"$folder/venv/bin/python" -W ignore - <<'PYTHON'
import numpy as np
from krippendorff import alpha

bins = np.array([[3, 2, 4, 1, 5, 2, 3, 4], [2, 2, 5, 1, 4, 3, 3, 4]])  # of eight networks by two proxies
values = {}
for kind in (np.int64, np.uint8, np.uint16, np.uint64):
    values[kind] = {
        level: alpha(bins.astype(kind), level_of_measurement=level) for level in ("interval", "ratio", "ordinal")
    }
    print(f"{kind.__name__}: {', '.join(f'{level} {value:.3f}' for level, value in values[kind].items())}")
assert abs(values[np.int64]["interval"] - 0.84375) < 1e-9  # 1 - (4 / 8) / (2 * 24 / 15) by hand
for kind in (np.uint8, np.uint16, np.uint64):
    assert values[kind]["interval"] < 0.41 and values[kind]["ratio"] < 0.6
    assert abs(values[kind]["ordinal"] - values[np.int64]["ordinal"]) < 1e-9
missing = np.where(bins == 1, np.nan, bins.astype(np.uint8))  # a rating is missing, and the others are floats
assert abs(alpha(missing) - alpha(np.where(bins == 1, np.nan, bins.astype(float)))) < 1e-9

percent = bins * 20  # shares of 20 to 100 percent: sums are above 127
signed, right = (alpha(percent.astype(kind), level_of_measurement="ratio") for kind in (np.int8, np.int64))
print(f"percent by ratio: {signed:.3f} as int8, {right:.3f} as int64")
assert signed < right - 0.09
PYTHON
