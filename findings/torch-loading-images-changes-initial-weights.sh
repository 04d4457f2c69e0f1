#!/usr/bin/env bash
# torch 2.13.0
#
# Taking the first batch of a `DataLoader` draws a number from torch's global generator, also without shuffling and
# without worker processes, to seed workers that are not there. A network made after `next(iter(loader))` has other
# initial weights than one made before it from the same seed, and each further pass over the images shifts all later
# dropout and noise: scores of one seed depend on how often the data was looked at. With a `generator` of its
# own the loader leaves the global one alone.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check \
  torch==2.13.0 numpy==2.4.6

cd "$folder"
"$folder/venv/bin/python" -W ignore - <<'PYTHON'
import torch
from torch.utils.data import DataLoader, TensorDataset

images = TensorDataset(torch.arange(64.0).reshape(16, 4))


def weights_after(passes, **options):
    torch.manual_seed(0)
    loader = DataLoader(images, batch_size=8, shuffle=False, num_workers=0, **options)
    batches = [next(iter(loader))[0] for _ in range(passes)]
    assert all(torch.equal(batch, batches[0]) for batch in batches)  # the data is the same each time
    return torch.nn.Linear(4, 4).weight.detach().clone()


plain = [weights_after(passes) for passes in range(3)]
own = [weights_after(passes, generator=torch.Generator().manual_seed(1)) for passes in range(3)]
print("first weight after 0, 1 and 2 passes:", *(f"{weight[0, 0]:.4f}" for weight in plain))
print("with a generator of its own:         ", *(f"{weight[0, 0]:.4f}" for weight in own))
assert len({weight.numpy().tobytes() for weight in plain}) == 3
assert all(torch.equal(weight, plain[0]) for weight in own)

torch.manual_seed(0)
torch.empty((), dtype=torch.int64).random_()  # the draw that the loader makes
assert torch.equal(torch.nn.Linear(4, 4).weight, plain[1])
PYTHON
