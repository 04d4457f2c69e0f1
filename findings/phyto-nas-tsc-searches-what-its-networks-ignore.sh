#!/usr/bin/env bash
# phyto-nas-tsc 0.1.8, pytorch-lightning 2.6.1, torchmetrics 1.9.0, torch 2.13.0, scikit-learn 1.9.1, numpy 2.4.6
#
# Of the seven choices of a network it gets two, its width and its number of layers: dropout, direction, attention,
# learning rate and weight decay are always the defaults, whatever the search draws and returns. Eight architectures
# that it compares here are five networks. The documented options `max_iterations` and `early_stopping` have no effect
# either: each training has 150 epochs and stops early.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check \
  phyto-nas-tsc==0.1.8 pytorch-lightning==2.6.1 torchmetrics==1.9.0 torch==2.13.0 scikit-learn==1.9.1 numpy==2.4.6

cd "$folder"
"$folder/venv/bin/python" -W ignore - <<'PYTHON'
import ast
import contextlib
import csv
import io
import logging
import random

import numpy as np
import pytorch_lightning
from phyto_nas_tsc import fit

FOLDS = 5
trainers, networks = [], []


def record(trainer, network, *loaders):
    """Take the place of the training, of which only the network and the limits matter here."""
    trainers.append(trainer)
    networks.append(network)


pytorch_lightning.Trainer.fit = record
logging.getLogger("pytorch_lightning").setLevel(logging.ERROR)
random.seed(0)
generator = np.random.default_rng(0)
options = {"population_size": 4, "generations": 2, "max_iterations": 1, "early_stopping": False}
with contextlib.redirect_stdout(io.StringIO()):
    fit(generator.normal(size=(40, 1, 4)), np.eye(2)[np.arange(40) % 2], others=options)

with open("evolution_results.csv", newline="") as file:
    chosen = [ast.literal_eval(row["Layers"].replace("np.float64", "")) for row in csv.DictReader(file)]
made = [network.hparams for network in networks[::FOLDS]]
rates = [network.configure_optimizers()[0][0].defaults["lr"] for network in networks[::FOLDS]]
assert len(chosen) == len(made) == 8
reached = ["hidden_units", "num_layers"]
ignored = ["dropout_rate", "bidirectional", "attention", "learning_rate", "weight_decay"]
for name in reached + ignored:
    drawn, used = ({architecture[name] for architecture in group} for group in (chosen, made))
    print(f"{name}: {len(drawn)} values drawn, {len(used)} used")
    same = all(architecture[name] == network[name] for architecture, network in zip(chosen, made, strict=True))
    assert same if name in reached else len(used) == 1 < len(drawn)
assert set(rates) == {1e-3}

distinct = {(network["hidden_units"], network["num_layers"]) for network in made}
print(f"{len(chosen)} different architectures are {len(distinct)} different networks")
assert len({str(architecture) for architecture in chosen}) == 8 > len(distinct)

callbacks = {type(callback).__name__ for trainer in trainers for callback in trainer.callbacks}
print(f"with one iteration and no early stopping: {trainers[0].max_epochs} epochs, {sorted(callbacks)}")
assert {trainer.max_epochs for trainer in trainers} == {150} and "EarlyStopping" in callbacks
PYTHON
