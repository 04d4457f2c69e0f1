#!/usr/bin/env bash
# nats_bench 1.8
#
# The unique string of a cell, by which the API finds isomorphic cells of NAS-Bench-201 (6,466 of
# 15,625 cells remain), does not identify a network. It forgets which node a term came from: one
# convolution whose output is used twice and two convolutions have one string, and 578 of the 6,466
# strings are shared by cells with different numbers of convolutions. And it keeps zeros in sums: the
# average pool of a node whose inputs are all "none" makes a cell another one than "none" in its
# place, although both return the same. One would expect the reverse in both cases.
#
# Who removes duplicates by it before ranking keeps duplicates and drops networks.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check nats_bench==1.8

cd "$folder"
"$folder/venv/bin/python" - <<'PYTHON'
import itertools
from collections import defaultdict

from nats_bench.genotype_utils import topology_str2structure

OPERATIONS = ("none", "skip_connect", "nor_conv_1x1", "nor_conv_3x3", "avg_pool_3x3")
FORM = "|{}~0|+|{}~0|{}~1|+|{}~0|{}~1|{}~2|"


def unique(text):
    return topology_str2structure(text).to_unique_str(consider_zero=True)  # as the API calls it


def convolutions(text):
    return text.count("nor_conv_1x1"), text.count("nor_conv_3x3")


cells = [FORM.format(*names) for names in itertools.product(OPERATIONS, repeat=6)]
kinds = defaultdict(set)
for cell in cells:
    kinds[unique(cell)].add(convolutions(cell))
mixed = sum(len(numbers) > 1 for numbers in kinds.values())
print(f"cells: {len(cells)}, unique strings: {len(kinds)}")
print(f"strings of cells with different numbers of convolutions: {mixed}")
assert (len(cells), len(kinds), mixed) == (15625, 6466, 578)

once = FORM.format("nor_conv_3x3", "none", "skip_connect", "none", "skip_connect", "skip_connect")
twice = FORM.format("nor_conv_3x3", "nor_conv_3x3", "none", "none", "skip_connect", "skip_connect")
print(f"{once}\n{twice}\nare {unique(once)} and {unique(twice)}")
assert unique(once) == unique(twice)
assert convolutions(once) != convolutions(twice)

pooled = FORM.format("none", "none", "none", "skip_connect", "none", "avg_pool_3x3")
absent = FORM.format("none", "none", "none", "skip_connect", "none", "none")
print(f"{pooled}\n{absent}\nare {unique(pooled)} and {unique(absent)}")
assert unique(pooled) != unique(absent)
PYTHON
