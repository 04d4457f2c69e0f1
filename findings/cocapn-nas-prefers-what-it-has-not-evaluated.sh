#!/usr/bin/env bash
# cocapn-nas 0.1.0
#
# Architectures that were not evaluated have the fitness 0, and `best` orders all: of a fitness that is a negative loss
# the first ones after `evolve` are children that nobody has evaluated, before the best of those that were.
# The `seed` of the search does not reach mutation and crossover, which draw from generators without a seed: two
# searches of one seed have different children. The fingerprint leaves out the dropout, by which children differ.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check \
  cocapn-nas==0.1.0

cd "$folder"
"$folder/venv/bin/python" -W ignore - <<'PYTHON'
from cocapn_nas import NAS, Architecture


def loss(architecture):
    return 1 + abs(architecture.hidden_dim - 768) / 1000 + abs(architecture.num_layers - 6) / 10


def search(seed):
    nas = NAS(population_size=40, seed=seed)
    nas.initialize()
    for architecture in list(nas.population.architectures.values()):
        nas.evaluate(architecture.arch_id, -loss(architecture))
    nas.evolve(1)
    return nas


unevaluated, worse, children = 0, 0, set()
for _ in range(20):
    population = search(42).population
    first = population.best(1)[0]
    best = max(population.evaluated(), key=lambda architecture: architecture.fitness)
    unevaluated += not first.evaluated
    worse += loss(first) > loss(best)
    children.add(tuple(architecture.fingerprint() for architecture in population.architectures.values()))
print(f"20 searches of one seed: best(1) not evaluated in {unevaluated}, worse than the best known in {worse}")
print(f"{len(children)} different populations")
assert unevaluated == 20 and len(children) > 10

nas = NAS(population_size=40)
nas.initialize()
for architecture in list(nas.population.architectures.values()):
    nas.evaluate(architecture.arch_id, 10 - loss(architecture))  # above 0 the first one is evaluated
nas.evolve(1)
assert nas.population.best(1)[0].evaluated
assert Architecture("a", dropout=0.0).fingerprint() == Architecture("b", dropout=0.5).fingerprint()
PYTHON
