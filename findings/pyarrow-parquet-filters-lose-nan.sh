#!/usr/bin/env bash
# pyarrow 26.0.1
#
# A filter gives other rows when it is pushed into a Parquet file than when the same table is filtered
# in memory, if a column has NaN. `is_null(nan_is_null=True)` finds no NaN in a file without nulls,
# and `~(score > 0.5)` does not return the row of a NaN where all numbers of the row group are above
# 0.5: minimum, maximum and the count of nulls in the file know nothing of NaN, and the reader takes
# them for every row. If another row of the group passes, the same NaN is returned. One would expect
# pushing a filter down to change the time and not the rows.
#
# Who stores scores or accuracies of networks with NaN for what diverged, and reads the failures
# back by such a filter, finds none, or some of them, depending on which rows share a row group.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check pyarrow==26.0.1

cd "$folder"
"$folder/venv/bin/python" - <<'PYTHON'
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

table = pa.table({"network": [0, 1, 2, 3], "score": [0.6, 0.9, float("nan"), 0.7]})
pq.write_table(table, "scores.parquet")
low = pa.table({"network": [4], "score": [0.1]})
pq.write_table(pa.concat_tables([table, low]), "more.parquet")

score = pc.field("score")
FILTERS = {
    "is_nan(score)": (pc.is_nan(score), [2], [2]),
    "score.is_null(nan_is_null=True)": (score.is_null(nan_is_null=True), [2], []),
    "~(score > 0.5)": (~(score > 0.5), [2], []),
}
for text, (condition, in_memory, in_file) in FILTERS.items():
    rows = table.filter(condition)["network"].to_pylist()
    read = pq.read_table("scores.parquet", filters=condition)["network"].to_pylist()
    print(f"{text}: table {rows}, file {read}")
    assert (rows, read) == (in_memory, in_file)
beside_a_low_score = pq.read_table("more.parquet", filters=~(score > 0.5))["network"].to_pylist()
print(f"~(score > 0.5), file with one more row of 0.1: {beside_a_low_score}")
assert beside_a_low_score == [2, 4]
PYTHON
