#!/usr/bin/env bash
# torch 2.13.0 (with sympy 1.14.0, which it depends on)
#
# The first call of `torch.unravel_index`, which divides whole numbers, imports sympy: over 400
# modules and some 35 MiB of resident memory. `import torch` does not import it, and numpy's
# function of that name gives the same numbers without it.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check \
  torch==2.13.0 numpy==2.4.6 sympy==1.14.0

cd "$folder"
"$folder/venv/bin/python" - <<'PYTHON'
import resource
import sys

import numpy as np
import torch

positions, shape = torch.arange(6), (2, 3)
assert "sympy" not in sys.modules
by_numpy = np.unravel_index(positions.numpy(), shape)
assert "sympy" not in sys.modules
modules, kib = len(sys.modules), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
by_torch = torch.unravel_index(positions, shape)
imported = len(sys.modules) - modules
mib = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - kib) / 1024
assert [axis.tolist() for axis in by_torch] == [axis.tolist() for axis in by_numpy]
print(f"sympy after torch.unravel_index: {'imported' if 'sympy' in sys.modules else 'not imported'}")
print(f"modules imported by it: {imported}; peak of resident memory grew by {mib:.0f} MiB")
assert "sympy" in sys.modules
assert imported > 400
PYTHON
