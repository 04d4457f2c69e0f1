#!/usr/bin/env bash
# inspyred 1.0.3, numpy 2.4.6
#
# The archive of the multi-objective search PAES does not take up a network that is neither better nor worse than those
# in it: the loop that copies the archive reuses the name of the new network, so that the last member is added once
# more, and once more replaces another when the archive is full. Where all networks lie on the front, a search of 200
# evaluations returns its first one fifty times. The archive of `NSGA2` holds each of them once.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check inspyred==1.0.3 numpy==2.4.6

cd "$folder"
"$folder/venv/bin/python" -W ignore - <<'PYTHON'
from random import Random

from inspyred.ec import emo
from inspyred.ec.terminators import evaluation_termination

WIDTHS = 31  # a wider network has a smaller error and a longer latency: all 31 are on the front


def generator(random, args):
    return [random.randrange(WIDTHS)]


def evaluator(candidates, args):
    """Of each width the error and the latency, both to be minimised."""
    evaluated.update(width for (width,) in candidates)
    return [emo.Pareto([WIDTHS - width, width], [False, False]) for (width,) in candidates]


def variator(random, candidates, args):
    steps = (-3, -2, -1, 1, 2, 3)
    return [[min(WIDTHS - 1, max(0, width + random.choice(steps)))] for (width,) in candidates]


def archive(algorithm, seed, **options):
    evaluated.clear()
    search = algorithm(Random(seed))
    search.terminator, search.variator = evaluation_termination, variator
    search.evolve(generator=generator, evaluator=evaluator, max_evaluations=200, **options)
    return [individual.candidate[0] for individual in search.archive]


evaluated = set()
for seed in range(5):
    paes = archive(emo.PAES, seed, max_archive_size=50, num_grid_divisions=2)
    print(f"seed {seed}: PAES evaluated {len(evaluated)} widths and archived {len(paes)}, different ones {set(paes)}")
    assert len(evaluated) >= 10 and len(paes) == 50 and len(set(paes)) == 1
    nsga = archive(emo.NSGA2, seed, pop_size=20)
    print(f"seed {seed}: NSGA2 evaluated {len(evaluated)} and archived {len(nsga)}, {len(set(nsga))} different ones")
    assert len(set(nsga)) == len(nsga) > 25
PYTHON
