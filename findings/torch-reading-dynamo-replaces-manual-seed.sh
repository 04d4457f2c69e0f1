#!/usr/bin/env bash
# torch 2.13.0 (its module torch._dynamo is imported by the first who reads the attribute)
#
# `hasattr(torch, "_dynamo")` imports more than 500 modules, puts another function in the place of
# `torch.manual_seed` and sets the environment variable TORCHINDUCTOR_CACHE_DIR. One would expect
# a look at an attribute to change nothing: whoever compares the functions of torch with what they
# were, or walks over its attributes to see what is there, changes them, and pays seconds of
# processor time in every process.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check \
  torch==2.13.0 numpy==2.4.6

cd "$folder"
env --unset=TORCHINDUCTOR_CACHE_DIR "$folder/venv/bin/python" - <<'PYTHON'
import os
import sys

import torch

seed, modules = torch.manual_seed, len(sys.modules)
assert "torch._dynamo" not in sys.modules
assert "TORCHINDUCTOR_CACHE_DIR" not in os.environ
assert hasattr(torch, "_dynamo")
imported = len(sys.modules) - modules
print(f"modules imported by hasattr: {imported}")
print(f"torch.manual_seed is what it was: {torch.manual_seed is seed}")
print(f"TORCHINDUCTOR_CACHE_DIR is set: {'TORCHINDUCTOR_CACHE_DIR' in os.environ}")
assert imported > 500
assert torch.manual_seed is not seed
assert "TORCHINDUCTOR_CACHE_DIR" in os.environ
PYTHON
