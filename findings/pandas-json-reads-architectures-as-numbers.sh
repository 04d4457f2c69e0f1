#!/usr/bin/env bash
# pandas 3.1.1
#
# `read_json` takes strings that look like numbers for numbers: the six operations of a cell of NAS-Bench-201,
# written as "012340", become 12340, an architecture hash "1e5" the number 100000.0, and as keys of rows
# "0012" and "012" become the same row 12. What pandas itself wrote with `to_json` comes back otherwise. Numbers in
# a column whose name ends with "_time" or "_at" or is "date" become dates if they are above 31,536,000: a
# training time in milliseconds is a day of 1970. `dtype=False`, `convert_axes=False` and
# `convert_dates=False` leave all as it is in the file.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check pandas==3.1.1 numpy==2.4.6

cd "$folder"
"$folder/venv/bin/python" -W ignore - <<'PYTHON'
import io
import json

import pandas as pd

table = pd.DataFrame(
    {
        "cell": ["012340", "000000", "444444"],
        "hash": ["1e5", "2e10", "3456"],
        "train_time": [41_000_000, 52_000_000, 63_000_000],  # milliseconds
        "params": [41_000_000, 52_000_000, 63_000_000],
    },
    index=["0012", "012", "12"],
)
text = table.to_json()
assert json.loads(text)["cell"]["0012"] == "012340"  # the file is right

back = pd.read_json(io.StringIO(text))
print(back)
assert back["cell"].tolist() == [12340, 0, 444444]
assert back["hash"].tolist() == [1e5, 2e10, 3456.0]
assert back.index.tolist() == [12, 12, 12] and len(back.loc[12]) == 3
assert str(back["train_time"].dtype).startswith("datetime") and back["train_time"].iloc[0].year == 1971
assert back["params"].tolist() == table["params"].tolist()

as_written = pd.read_json(io.StringIO(text), dtype=False, convert_axes=False, convert_dates=False)
assert as_written.equals(table)
PYTHON
