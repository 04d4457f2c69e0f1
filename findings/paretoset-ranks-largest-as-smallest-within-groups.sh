#!/usr/bin/env bash
# paretoset 1.2.5, pandas 3.1.1, numpy 2.4.6
#
# `paretorank` with columns to be kept apart ("diff", as a space or a data set) takes every "max" for a "min":
# ranks within groups are those of the reversed objective, so that a network with fewer correct answers comes
# first. With one such column it is a KeyError beside today's pandas, with two the ranks are returned.
# `paretoset` itself maximises within groups.
#
# Both functions negate columns to be maximised in the type that they have. In unsigned integers, as counts
# often are, -0 is 0 and -5 is 251: a network that is right on no image is the best of all.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check \
  paretoset==1.2.5 pandas==3.1.1 numpy==2.4.6

cd "$folder"
"$folder/venv/bin/python" -W ignore - <<'PYTHON'
import numpy as np
import pandas as pd
from paretoset import paretorank, paretoset

objectives = np.array([[1, 60], [2, 80], [3, 70], [4, 90]])
sense = ["min", "max"]
ranks = paretorank(objectives, sense=sense)
print("parameters and correct images:", objectives.tolist())
print("ranks without groups:", ranks, "first front:", paretoset(objectives, sense=sense))
assert ranks.tolist() == [1, 1, 2, 1]

table = pd.DataFrame(objectives, columns=["parameters", "correct"])
table.insert(0, "dataset", 0)
try:
    paretorank(table, sense=["diff", *sense])
except KeyError as error:
    print("one column of groups: KeyError", error)
else:
    raise AssertionError("one column of groups is no KeyError")
table.insert(0, "space", 0)
grouped = paretorank(table, sense=["diff", "diff", *sense])
front = paretoset(table, sense=["diff", "diff", *sense])
print("ranks in one group by two columns:", grouped, "first front:", front)
assert front.tolist() == [True, True, False, True]
assert grouped.tolist() == paretorank(objectives, sense=["min", "min"]).tolist() == [1, 2, 2, 3]

counts = np.array([[10, 5], [20, 0], [30, 3]])
for dtype in (np.int64, np.float32, np.uint8, np.uint64):
    first = paretoset(counts.astype(dtype), sense=sense).tolist()
    print(f"first front of {counts.tolist()} in {np.dtype(dtype)}:", first, end=" ")
    print("ranks:", paretorank(counts.astype(dtype), sense=sense))
    assert first == [True, np.issubdtype(dtype, np.unsignedinteger), False]
PYTHON
