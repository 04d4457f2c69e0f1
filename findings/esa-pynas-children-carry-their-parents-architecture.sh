#!/usr/bin/env bash
# esa-pynas 0.1.3
#
# `architecture` of an `Individual` is the code of the network that it describes. Crossover and mutation
# change the genes and the parsed layers from which the network is built, and leave `architecture` and the
# printed form those of the parent. `copy` is wrong the other way: the copy has the parent's architecture
# and genes and the layers of a random new network. Nothing warns.
#
# The package reads `architecture` itself: it stores it with trained weights, for which it names another
# network, and `Population.remove_duplicates` looks at nothing else: a child beside its parent is a
# duplicate there and replaced by a random network.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check \
  esa-pynas==0.1.3 torch==2.11.0 numpy==2.4.6

cd "$folder"
"$folder/venv/bin/python" -W ignore - <<'PYTHON'
import random
from types import SimpleNamespace

from pynas.core.architecture_builder import parse_architecture_code
from pynas.core.individual import Individual
from pynas.core.population import Population
from pynas.opt.evo import gene_mutation, single_point_crossover

random.seed(1)
parents = [Individual(max_layers=4), Individual(max_layers=4)]
children = single_point_crossover(parents)
generated = Individual(max_layers=4)
population = SimpleNamespace(create_random_individual=lambda: generated)
assert Population.remove_duplicates(population, parents) == parents
assert Population.remove_duplicates(population, [parents[0], children[0]]) == [parents[0], generated]
print("parent:", parents[0])
print("child: ", children[0])
print("genes of the child:", *children[0].chromosome)

counts = {"crossed": 0, "mutated": 0, "copied": 0}
pairs = 200
for _ in range(pairs):
    parents = [Individual(max_layers=4), Individual(max_layers=4)]
    for parent in parents:
        assert parse_architecture_code(parent.architecture) == parent.parsed_layers
    kinds = {
        "crossed": zip(parents, single_point_crossover(parents)),
        "mutated": zip(parents, gene_mutation(parents, 1.0)),
        "copied": ((parent, parent.copy()) for parent in parents),
    }
    for name, families in kinds.items():
        for parent, child in families:
            assert child.architecture == parent.architecture
            built = parse_architecture_code(child.chromosome2architecture(child.chromosome))
            assert (child.parsed_layers == built) == (name != "copied")
            counts[name] += parse_architecture_code(child.architecture) != child.parsed_layers
for name, count in counts.items():
    print(f"{name}: {count} of {2 * pairs} have the architecture of another network than their layers")
assert all(count > 1.8 * pairs for count in counts.values())
PYTHON
