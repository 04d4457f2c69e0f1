#!/usr/bin/env bash
# pyarrow 26.0.1, pandas 3.1.1, numpy 2.4.6
#
# `pyarrow.array` of a list of whole numbers, and `to_numpy` of an array, import pandas where it is
# installed, although neither gives or takes anything of pandas. A process that reads one Parquet
# column as a numpy array through them holds some 45 MiB more. Buffers of an array do not.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check \
  pyarrow==26.0.1 pandas==3.1.1 numpy==2.4.6

cd "$folder"
"$folder/venv/bin/python" - <<'PYTHON'
import sys

import numpy as np
import pyarrow as pa

buffer = pa.py_buffer(np.arange(3))
column = pa.Array.from_buffers(pa.int64(), 3, [None, buffer])
assert np.frombuffer(column.buffers()[1], np.int64).tolist() == [0, 1, 2]
assert "pandas" not in sys.modules
print("pandas after reading the buffer: not imported")
assert column.to_numpy().tolist() == [0, 1, 2]
assert "pandas" in sys.modules
print("pandas after to_numpy: imported")
PYTHON
"$folder/venv/bin/python" - <<'PYTHON'
import sys

import pyarrow as pa

pa.array([1, 2, 3])
assert "pandas" in sys.modules
print("pandas after pyarrow.array([1, 2, 3]): imported")
PYTHON
