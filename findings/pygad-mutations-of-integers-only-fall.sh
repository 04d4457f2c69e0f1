#!/usr/bin/env bash
# pygad 3.9.2
#
# The mutation adds a random number between -1 and 1 by default. With `gene_type=int` the sum is cut off to the integer
# below, so a gene either stays or falls by one, and never rises: of operations, depths or widths that start
# between 0 and 4 the search finds -8 where the best is at -8 and stays at 4 where it is at 8. With any other range
# from -m to m integers fall by up to m and rise by m - 1. Real genes find both. Nothing is said; a range such as
# -1 to 2, or a `gene_space`, is even.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check \
  pygad==3.9.2 numpy==2.4.6

cd "$folder"
"$folder/venv/bin/python" -W ignore - <<'PYTHON'
from collections import Counter

import numpy as np
import pygad


def search(target, **options):
    def fitness(_, solution, __):
        return -float(np.abs(np.asarray(solution, dtype=float) - target).sum())

    return pygad.GA(
        num_generations=300,
        num_parents_mating=4,
        fitness_func=fitness,
        sol_per_pop=20,
        num_genes=6,
        init_range_low=0,
        init_range_high=5,
        random_seed=1,
        suppress_warnings=True,
        **options,
    )


def step_counts(**options):
    mutated = search(0, gene_type=int, mutation_probability=1.0, **options).random_mutation(
        np.full((5000, 6), 2)
    )
    return {int(step): count for step, count in sorted(Counter((np.array(mutated) - 2).ravel().tolist()).items())}


STEPS = {
    "default": ({}, {-1, 0}),
    "-2 to 2": ({"random_mutation_min_val": -2, "random_mutation_max_val": 2}, {-2, -1, 0, 1}),
    "-1 to 2": ({"random_mutation_min_val": -1, "random_mutation_max_val": 2}, {-1, 0, 1}),
}
for name, (options, steps) in STEPS.items():
    counts = step_counts(**options)
    print(f"steps of integers, {name}: {counts}")
    assert set(counts) == steps

for kind in (int, float):
    for target in (8, -8):
        run = search(target, gene_type=kind)
        start = run.population.max()
        run.run()
        best = np.asarray(run.best_solution()[0], dtype=float)
        print(f"{kind.__name__}, best at {target}: found {best.round(1)}")
        if kind is int and target > 0:
            assert best.max() <= start == 4
        else:
            assert np.abs(best - target).max() < 0.1
PYTHON
