#!/usr/bin/env bash
# thop 0.1.1.post2209072238, ptflops 0.7.5, torch 2.13.0
#
# Both counters put a network into evaluation to run it once. ptflops leaves it there, with the backend
# "aten" also with hooks that cannot be pickled. thop puts the whole network back into training, also
# layers that were in evaluation (frozen batch norm), and leaves two buffers in its containers, which
# `load_state_dict` of a fresh network refuses. Nothing warns. One would expect a count to change nothing.
#
# A network that is counted before it is trained, as a search does to keep to a limit, is trained
# otherwise: after ptflops without dropout and with running averages that never move, after thop with
# frozen averages that move, and its checkpoint does not load.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check \
  thop==0.1.1.post2209072238 ptflops==0.7.5 torch==2.13.0 numpy==2.4.6

cd "$folder"
"$folder/venv/bin/python" -W ignore - <<'PYTHON'
import pickle

import ptflops
import thop
import torch
from torch import nn

images = torch.randn(16, 3, 8, 8, generator=torch.Generator().manual_seed(0))


def network():
    torch.manual_seed(0)
    layers = nn.Sequential(
        nn.Sequential(nn.Conv2d(3, 8, 3), nn.BatchNorm2d(8), nn.ReLU()),
        nn.Sequential(nn.Conv2d(8, 8, 3), nn.BatchNorm2d(8), nn.ReLU()),
        nn.Flatten(),
        nn.Dropout(0.5),
        nn.Linear(128, 10),
    )
    layers[0][1].eval()  # frozen, the other batch norm is not
    return layers


def by_ptflops(backend):
    def count(layers):
        ptflops.get_model_complexity_info(layers, (3, 8, 8), backend=backend, print_per_layer_stat=False)

    return count


def loads(layers):
    try:
        network().load_state_dict(layers.state_dict())
    except RuntimeError:
        return False
    return True


def pickles(layers):
    try:
        pickle.dumps(layers)
    except (AttributeError, pickle.PicklingError):
        return False
    return True


COUNTERS = {
    "no counter": lambda layers: None,
    "ptflops, pytorch": by_ptflops("pytorch"),
    "ptflops, aten": by_ptflops("aten"),
    "thop": lambda layers: thop.profile(layers, (images[:1],), verbose=False),
}
EXPECTED = {  # frozen average moves, other average moves, dropout drops, checkpoint loads, pickles
    "no counter": (False, True, True, True, True),
    "ptflops, pytorch": (False, False, False, True, True),
    "ptflops, aten": (False, False, False, True, False),
    "thop": (True, True, True, False, True),
}
for name, count in COUNTERS.items():
    layers = network()
    count(layers)
    drops = not torch.equal(layers(images), layers(images))
    frozen, other = (bool(layers[block][1].running_mean.any()) for block in (0, 1))
    seen = frozen, other, drops, loads(layers), pickles(layers)
    print(
        f"{name}: frozen average moves: {frozen}, other average moves: {other}, dropout drops: {drops}, "
        f"checkpoint loads: {seen[3]}, network can be pickled: {seen[4]}"
    )
    assert seen == EXPECTED[name]
PYTHON
