#!/usr/bin/env bash
# lccv 0.2.2, scikit-learn 1.9.1, scipy 1.17.1, pandas 3.1.1, numpy 2.4.6
#
# Cross-validation by learning curves seeds numpy's global generator at each split, by default from 1 on, and leaves it
# so: a random search that draws its next candidate from it draws the same one after every evaluation. Of eight
# evaluations seven are of one depth. Networks that draw from it as well, as do scikit-learn's without `random_state`,
# are given the same draws. The call also switches on metadata routing in scikit-learn for the rest of the process.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check \
  lccv==0.2.2 scikit-learn==1.9.1 scipy==1.17.1 pandas==3.1.1 numpy==2.4.6

cd "$folder"
"$folder/venv/bin/python" -W ignore - <<'PYTHON'
import logging

import numpy as np
import sklearn
from lccv import lccv
from sklearn.datasets import make_classification
from sklearn.model_selection import cross_val_score
from sklearn.tree import DecisionTreeClassifier

logging.disable()
images, labels = make_classification(600, 10, random_state=0)


def by_learning_curves(tree):
    return lccv(tree, images, labels, r=0.0, max_evaluations=3)[0]


def by_folds(tree):
    return cross_val_score(tree, images, labels, cv=3).mean()


def search(evaluate, seed):
    np.random.seed(seed)
    depths = []
    for _ in range(8):
        depths.append(int(np.random.randint(1, 100)))
        evaluate(DecisionTreeClassifier(max_depth=depths[-1]))
    return depths


assert not sklearn.get_config()["enable_metadata_routing"]
folds = search(by_folds, 0)
print(f"depths evaluated by cross-validation: {folds}")
assert len(set(folds)) > 6
followed = set()
for seed in (0, 1):
    depths = search(by_learning_curves, seed)
    print(f"seed {seed}, by learning curves: {depths}")
    assert len(set(depths[1:])) == 1
    followed.add(depths[-1])
assert len(followed) == 1
print(f"metadata routing is on: {sklearn.get_config()['enable_metadata_routing']}")
assert sklearn.get_config()["enable_metadata_routing"]
PYTHON
