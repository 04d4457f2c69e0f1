#!/usr/bin/env bash
# nas 0.1.0
#
# `EvolutionarySearcher` keeps the best individual of each generation. With the probability of no crossover
# the child is not a copy of its parent but the parent itself, and mutation changes it in place: also the
# kept best one, and that which `search` returns, after its evaluation. With a mutation rate of one half
# every second search returns an architecture that is worse than the best it has evaluated, every fourth
# one that it never evaluated. Without the children that are parents, at a crossover rate of 1, none does.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check \
  nas==0.1.0 torch==2.13.0 numpy==2.4.6

cd "$folder"
"$folder/venv/bin/python" -W ignore - <<'PYTHON'
import random

import numpy as np
from nas import EvolutionarySearcher


class Recorded(EvolutionarySearcher):
    """The search with neurons for fitness in place of a training, and a record of them."""

    def _evaluate_fitness(self, individual, *data):
        neurons = tuple(individual["hidden_layers"])
        self.evaluated.append(neurons)
        return sum(neurons)


random.seed(0)
searches, data = 200, (np.zeros((2, 4)), [0, 1]) * 2
for crossover_rate in (0.7, 1.0):
    unknown, worse = 0, 0
    for _ in range(searches):
        searcher = Recorded(4, 2, mutation_rate=0.5, crossover_rate=crossover_rate, generations=20)
        searcher.evaluated = []
        returned = tuple(searcher.search(*data)["hidden_layers"])
        unknown += returned not in searcher.evaluated
        worse += sum(returned) < max(sum(neurons) for neurons in searcher.evaluated)
    print(f"crossover rate {crossover_rate}: of {searches} searches {unknown} returned an architecture", end=" ")
    print(f"that was not evaluated, {worse} one worse than the best")
    assert (unknown > 0.1 * searches) == (worse > 0.2 * searches) == (crossover_rate < 1)
    assert crossover_rate < 1 or unknown == worse == 0
PYTHON
