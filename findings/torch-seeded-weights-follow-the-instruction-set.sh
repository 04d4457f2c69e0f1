#!/usr/bin/env bash
# torch 2.13.0, x86-64 with AVX2
#
# With one seed, torch.rand gives the same bytes under every instruction set, but torch.randn and the
# initial weights of nn.Conv2d do not: with ATEN_CPU_CAPABILITY=default (SSE) and with AVX2 they differ
# in last digits. One would expect seeded draws of one version on one kind of machine to be
# equal, or a word that they depend on the processor's instructions.
#
# Scores of one seed on two processors therefore differ before any network has computed anything.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check \
  torch==2.13.0 numpy==2.4.6

cd "$folder"
cat > draws.py <<'PYTHON'
import hashlib

import torch


def digest(draw):
    torch.manual_seed(0)
    return hashlib.sha256(draw().detach().numpy().tobytes()).hexdigest()[:12]


print("rand", digest(lambda: torch.rand(1000)))
print("randn", digest(lambda: torch.randn(1000)))
print("Conv2d", digest(lambda: torch.nn.Conv2d(3, 16, 3).weight))
PYTHON
ATEN_CPU_CAPABILITY=default "$folder/venv/bin/python" draws.py > sse.txt
ATEN_CPU_CAPABILITY=avx2 "$folder/venv/bin/python" draws.py > avx2.txt
paste sse.txt avx2.txt
for draw in randn Conv2d; do
  if [ "$(grep "^$draw " sse.txt)" = "$(grep "^$draw " avx2.txt)" ]; then
    echo "$draw no longer depends on the instruction set" >&2
    exit 1
  fi
done
[ "$(grep '^rand ' sse.txt)" = "$(grep '^rand ' avx2.txt)" ]
