#!/usr/bin/env bash
# torch 2.13.0 (its CPU build is enough)
#
# torch has two ways to switch TF32 off: `torch.backends.cudnn.allow_tf32`, and one setting for each
# kind of operator, such as `torch.backends.cudnn.conv.fp32_precision = "ieee"`. After the newer one
# was set for convolutions alone, reading the older one is a RuntimeError, and so is every use of the
# context manager `torch.backends.cudnn.flags`, which reads it, also where TF32 is not its subject.
# It stays so after recurrent layers were given the same precision.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check \
  torch==2.13.0 numpy==2.4.6

cd "$folder"
"$folder/venv/bin/python" - <<'PYTHON'
from torch.backends import cudnn


def read() -> None:
    cudnn.allow_tf32


def use_flags() -> None:
    with cudnn.flags(enabled=True, deterministic=True):
        pass


def outcome(call) -> str:
    try:
        call()
    except RuntimeError:
        return "RuntimeError"
    return "works"


outcomes = [(outcome(read), outcome(use_flags))]
cudnn.conv.fp32_precision = "ieee"
outcomes.append((outcome(read), outcome(use_flags)))
cudnn.rnn.fp32_precision = "ieee"
outcomes.append((outcome(read), outcome(use_flags)))
for when, (reading, flags) in zip(
    ("as torch comes", "convolutions ieee", "recurrent layers too"), outcomes, strict=True
):
    print(f"{when}: reading allow_tf32 {reading}, cudnn.flags {flags}")
assert outcomes == [("works", "works"), *[("RuntimeError", "RuntimeError")] * 2]
PYTHON
