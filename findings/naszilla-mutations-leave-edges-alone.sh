#!/usr/bin/env bash
# naszilla 1.0
#
# `Cell201.mutate` in the path encoding is to change all operations of a path chosen at random. It chooses
# among three of the four paths of a cell and, in the truncated encoding, among two: the operation between
# the two inner nodes never changes, in the truncated encoding three of six never do.
# `get_neighborhood` of the same encodings lists all four paths and three of them. A DARTS cell has eight
# edges; `Cell301` loops over its seven operations instead: the last edge of either cell is never mutated
# and is on none of the paths of the path encoding, where all architectures that differ in it are the same.
#
# All descendants of a cell by these mutations lie in a fifth of NAS-Bench-201, or in a 125th of it.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check numpy==2.4.6
# without what it asks for, as TensorFlow 1.14, which Python 3.11 does not have and the cells do not use
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps naszilla==1.0

cd "$folder"
"$folder/venv/bin/python" - <<'PYTHON'
import random
import sys
from types import ModuleType

import numpy as np
from naszilla.nas_bench_201.cell_201 import Cell201

sys.modules["nasbench301"] = ModuleType("nasbench301")  # read for predictions, which are not asked for here
from naszilla.nas_bench_301.cell_301 import Cell301

random.seed(0)
np.random.seed(0)
parents = [Cell201(**Cell201.random_cell(None)) for _ in range(2000)]
untouched = {"adj": set(), "path": {2}, "trunc_path": {1, 2, 5}}
for encoding, expected in untouched.items():
    changes = np.zeros(6, dtype=int)
    for parent in parents:
        child = Cell201(**parent.mutate(None, mutate_encoding=encoding))
        changes += np.array(parent.get_op_list()) != np.array(child.get_op_list())
    print(f"NAS-Bench-201, {encoding}: the six operations changed in", *changes, "of 2000 mutations")
    assert set(np.flatnonzero(changes == 0)) == expected

for encoding, expected in {"path": set(), "trunc_path": {2}}.items():
    operations = parents[0].get_op_list()
    neighbours = [Cell201(**cell).get_op_list() for cell in parents[0].get_neighborhood(None, encoding)]
    changes = np.sum([np.array(neighbour) != operations for neighbour in neighbours], axis=0)
    print(f"NAS-Bench-201, {encoding}: the six operations differ in", *changes, "of the neighbours")
    assert set(np.flatnonzero(changes == 0)) == expected

changes, unseen = np.zeros((2, 8), dtype=int), np.zeros((2, 8), dtype=int)
for _ in range(1000):
    parent = Cell301(**Cell301.random_cell(None, "adj"))
    child = Cell301(**parent.mutate(None))
    changes += (np.array(parent.arch) != np.array(child.arch)).any(axis=2)
for _ in range(100):
    parent = Cell301(**Cell301.random_cell(None, "adj"))
    for place in np.ndindex(changes.shape):
        changed = parent.make_mutable()
        changed[place[0]][place[1]][1] = (changed[place[0]][place[1]][1] + 1) % 7
        unseen[place] += parent.distance(Cell301(changed), "path") == 0
print("DARTS: the eight edges of both cells changed in", *changes[0], "and", *changes[1], "of 1000 mutations")
print("DARTS: other operations on them are at path distance 0 in", *unseen[0], "and", *unseen[1], "of 100")
assert np.array_equal(changes == 0, [[False] * 7 + [True]] * 2)
assert (unseen[:, 7] == 100).all() and (unseen[:, :7] < 20).all()
PYTHON
