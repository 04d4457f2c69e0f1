#!/usr/bin/env bash
# torch 2.13.0, torch_geometric 2.8.1
#
# Importing torch_geometric puts functions of its own in the place of torch.select and
# torch.index_select, for the whole process. One would expect an import to leave the functions of
# another package as they are, or its documentation to say so.
#
# Networks of NAS-Bench-Graph need the package. Who compares the functions of torch before and after a
# plugin, or looks for monkey patches, finds these two without anybody having patched anything.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check \
  torch==2.13.0 numpy==2.4.6 torch_geometric==2.8.1

cd "$folder"
"$folder/venv/bin/python" - <<'PYTHON'
import sys

import torch

before = dict(vars(torch))
import torch_geometric  # noqa: E402, F401

replaced = sorted(
    name for name, value in before.items() if callable(value) and vars(torch)[name] is not value
)
print({name: vars(torch)[name].__module__ for name in replaced})
if not {"index_select", "select"} <= set(replaced):
    sys.exit("torch_geometric no longer replaces torch.select and torch.index_select")
print("importing torch_geometric replaced functions of torch")
PYTHON
