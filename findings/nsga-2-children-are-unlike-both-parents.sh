#!/usr/bin/env bash
# nsga-2 1.2.0, tqdm 4.70.1, numpy 2.4.6
#
# Simulated binary crossover gives one child the larger value of each variable and the other child the smaller ones,
# where each variable is drawn anew: parents that are wide and shallow, and narrow and deep, have children that are wide
# and deep, and narrow and shallow, and never one like either of them. All children of a front on which depth falls with
# width lie off it.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check \
  nsga-2==1.2.0 tqdm==4.70.1 numpy==2.4.6

cd "$folder"
"$folder/venv/bin/python" -W ignore - <<'PYTHON'
import random

import numpy as np
from nsga2.population import Population
from nsga2.problem import Problem
from nsga2.utils import NSGA2Utils

WIDE, DEEP = np.array([0.8, 0.2]), np.array([0.2, 0.8])
INDEX = 20  # of the crossover: the larger, the nearer to the parents


def children(seed):
    """Children of the two parents, practically without mutation."""
    random.seed(seed)
    objectives = [lambda width, depth: width, lambda width, depth: depth]
    problem = Problem(objectives, num_of_variables=2, variables_range=[(0, 1)], same_range=True)
    utils = NSGA2Utils(problem, num_of_individuals=2, crossover_param=INDEX, mutation_param=1e9)
    population = Population()
    for parent in (WIDE, DEEP):
        individual = problem.generate_individual()
        individual.features = parent.tolist()
        problem.calculate_objectives(individual)
        population.append(individual)
    utils.fast_nondominated_sort(population)
    utils.calculate_crowding_distance(population.fronts[0])
    return [child.features for child in utils.create_children(population)]


def defined_children(generator):
    """The same by the definition of Deb and Agrawal, variable by variable."""
    draws = generator.random(2)
    power = 1 / (INDEX + 1)
    spread = np.where(draws <= 0.5, (2 * draws) ** power, (1 / (2 * (1 - draws))) ** power)
    first = 0.5 * ((1 + spread) * WIDE + (1 - spread) * DEEP)
    return [first, WIDE + DEEP - first]


def distances(points):
    points = np.array(points)
    return np.minimum(np.linalg.norm(points - WIDE, axis=1), np.linalg.norm(points - DEEP, axis=1))


generator = np.random.default_rng(0)
made = [child for seed in range(250) for child in children(seed)]
right = [child for _ in range(250) for child in defined_children(generator)]
for name, points in (("nsga-2", made), ("defined", right)):
    print(
        f"{name}: distance to the nearer parent {distances(points).mean():.2f}, at least {min(distances(points)):.2f}; "
        f"correlation of width and depth {np.corrcoef(np.array(points).T)[0, 1]:.2f}"
    )
assert distances(made).min() > 0.4 and np.corrcoef(np.array(made).T)[0, 1] > 0.9
assert distances(right).mean() < 0.05 and np.corrcoef(np.array(right).T)[0, 1] < -0.9
PYTHON
