#!/usr/bin/env bash
# ckatorch 1.0.3, torch 2.13.0
#
# `CKA` runs two models over a data set, "the minibatch version" that adds up the batches, and keeps the similarity of the
# last batch: each batch overwrites the one before. What the others hold does not matter, and where the last batch is a
# rest of one text the similarity is that of one text. Several `epochs` average as many last batches.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check ckatorch==1.0.3 torch==2.13.0 numpy==2.4.6

cd "$folder"
"$folder/venv/bin/python" -W ignore - <<'PYTHON'
import torch
from ckatorch import CKA
from ckatorch.core import cka_batch
from torch import nn
from torch.utils.data import DataLoader

torch.set_num_threads(1)
torch.manual_seed(0)


class Encoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = nn.Linear(16, 32)

    def forward(self, tokens):
        return torch.relu(self.layer(tokens))


first, second = Encoder(), Encoder()


def similarity(texts):
    loader = DataLoader([{"tokens": text} for text in texts], batch_size=8)
    return float(CKA(first, second, layers=["layer"])(loader, epochs=1))


def right(texts):
    with torch.no_grad():
        return float(cka_batch(first.layer(texts), second.layer(texts)))


texts = torch.randn(33, 20, 16)  # 33 texts of 20 tokens: four batches and a rest of one text
texts[:-1, :, 1:] *= 0.1  # all but the last vary in one of 16 features
value, of_all, of_last = similarity(texts), right(texts), right(texts[-1:])
print(f"33 texts in batches of 8: {value:.3f}, of all {of_all:.3f}, of the last text alone {of_last:.3f}")
assert abs(value - of_last) < 1e-5 and abs(of_all - of_last) > 0.01

changed = torch.cat([texts[:-1] * torch.tensor([1.0] + [10.0] * 15), texts[-1:]])
print(f"with other texts in all batches but the last: {similarity(changed):.3f}, of all {right(changed):.3f}")
assert abs(similarity(changed) - value) < 1e-6 and abs(right(changed) - of_all) > 0.01
PYTHON
