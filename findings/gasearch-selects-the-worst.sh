#!/usr/bin/env bash
# gasearch 0.0.7, scikit-learn 1.9.1, scipy 1.17.1, pandas 3.1.1, numpy 2.4.6
#
# `GeneticSearchCV` keeps who is worst: "proportional" gives each network one over its score, less that of the best,
# which is never a parent, and "tournament" takes the first of ascending scores. The mean accuracy of a population falls
# from generation to generation, and 200 evaluations end below those of a random search. Children are made by changing
# the parents in place, which are the records of `cv_results_`: `params` do not belong to their scores, and
# `best_params_` have another score than `best_score_` says in one of five searches by tournament.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check \
  gasearch==0.0.7 scikit-learn==1.9.1 scipy==1.17.1 pandas==3.1.1 joblib==1.6.0 numpy==2.4.6

cd "$folder"
"$folder/venv/bin/python" -W ignore - <<'PYTHON'
import numpy as np
from gasearch import GeneticSearchCV
from sklearn.base import BaseEstimator
from sklearn.model_selection import RandomizedSearchCV

SPACE = {"width": list(range(1, 101)), "depth": list(range(1, 101))}
IMAGES, LABELS = np.zeros((20, 1)), np.zeros(20)
SEEDS = 20


class Network(BaseEstimator):
    """A network whose accuracy is known: the wider and the deeper, the higher."""

    def __init__(self, width=1, depth=1):
        self.width = width
        self.depth = depth

    def fit(self, images, labels):
        return self

    def score(self, images, labels):
        return accuracy({"width": self.width, "depth": self.depth})


def accuracy(params):
    return (params["width"] + params["depth"]) / 200


drawn = [
    RandomizedSearchCV(Network(), SPACE, n_iter=200, random_state=seed, cv=2).fit(IMAGES, LABELS).best_score_
    for seed in range(SEEDS)
]
print(f"random search, 200 evaluations: best {np.mean(drawn):.3f}")

for algorithm in ("proportional", "tournament"):
    first, last, best, wrong, other = [], [], [], 0, 0
    np.random.seed(0)  # "tournament" draws from the global generator
    for seed in range(SEEDS):
        search = GeneticSearchCV(
            Network(), SPACE, random_state=seed, pop_size=10, n_iter=20, selection_algorithm=algorithm, cv=2
        ).fit(IMAGES, LABELS)
        scores = search.cv_results_["mean_test_score"]
        first.append(scores[:10].mean())
        last.append(scores[-10:].mean())
        best.append(search.best_score_)
        recorded = [accuracy(params) for params in search.cv_results_["params"]]
        wrong += int(sum(abs(np.array(recorded) - scores) > 1e-9))
        other += abs(accuracy(search.best_params_) - search.best_score_) > 1e-9
    print(
        f"{algorithm}: first generation {np.mean(first):.3f}, last {np.mean(last):.3f}, best {np.mean(best):.3f}; "
        f"{wrong} of {200 * SEEDS} params and {other} of {SEEDS} best_params_ have another score"
    )
    assert np.mean(last) < np.mean(first) - 0.1
    assert np.mean(best) < np.mean(drawn) - 0.08
    assert wrong > 100 * SEEDS
    assert algorithm == "proportional" or other >= 3
PYTHON
