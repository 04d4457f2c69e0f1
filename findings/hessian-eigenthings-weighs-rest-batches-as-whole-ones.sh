#!/usr/bin/env bash
# hessian-eigenthings 1.0.0a5
#
# A batch that is split with `microbatch_size` to save memory gives another Hessian: the pieces are averaged
# whatever their size, so that of 33 images in pieces of 32 the last one weighs as much as the other 32. The
# same holds for batches of a data set. Where the size divides the batch the result is right.
#
# Without a seed the random vectors of `trace`, eigenvalues and spectra are the same each time, whatever
# `torch.manual_seed` said: repeated estimates agree to the last digit, and their spread says nothing.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check \
  hessian-eigenthings==1.0.0a5 torch==2.13.0 numpy==2.4.6

cd "$folder"
"$folder/venv/bin/python" -W ignore - <<'PYTHON'
import torch
from hessian_eigenthings import HessianOperator, supervised_loss, trace
from torch import nn

torch.set_default_dtype(torch.float64)
torch.manual_seed(0)
network = nn.Sequential(nn.Linear(8, 4), nn.Tanh(), nn.Linear(4, 3))
images, labels = torch.randn(33, 8), torch.randint(3, (33,))
images[-1] *= 3
loss = supervised_loss(nn.CrossEntropyLoss())


def hessian(**options):
    operator = HessianOperator(network, [(images, labels)], loss, **options)
    return torch.stack([operator.matvec(column) for column in torch.eye(operator.size)])


whole = hessian()
for size in (33, 11, 32):
    pieces = hessian(microbatch_size=size)
    error = ((pieces - whole).norm() / whole.norm()).item()
    print(f"33 images in pieces of {size}: trace {pieces.trace():.4f}, of the batch {whole.trace():.4f}", end=", ")
    print(f"relative error {error:.1e}")
    assert (error > 0.2) == (size == 32) and (error < 1e-12) != (size == 32)
batches = [(images[:32], labels[:32]), (images[32:], labels[32:])]
operator = HessianOperator(network, batches, loss)
apart = torch.stack([operator.matvec(column) for column in torch.eye(operator.size)])
print(f"as batches of 32 and 1: trace {apart.trace():.4f}")
assert torch.allclose(apart, hessian(microbatch_size=32))

operator = HessianOperator(network, [(images, labels)], loss)
for method in ("hutchinson", "hutch++"):
    estimates = set()
    for seed in range(5):
        torch.manual_seed(seed)
        estimates.add(trace(operator, num_matvecs=9, method=method).estimate)
    seeded = {trace(operator, num_matvecs=9, method=method, seed=seed).estimate for seed in range(5)}
    print(f"{method}: {len(estimates)} value of five estimates without seed, {len(seeded)} with five seeds", end=", ")
    print(f"from {min(seeded):.3f} to {max(seeded):.3f}")
    assert len(estimates) == 1 and len(seeded) == 5
PYTHON
