#!/usr/bin/env bash
# morphml 1.0.0
#
# The hypervolume is "higher is better" to one reference point. `compare_pareto_fronts` compares hypervolumes
# each to a point of its own, one below the worst of the front itself, and marks the larger: a front that is
# worse in all networks wins if it is wider. To the same point it loses.
#
# All objectives are taken as larger the better. For those to be minimised, as latency and parameters in the
# example of the documentation, whose reference point is 0 accuracy, 100 and 1e7, the hypervolume is 0.0.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check \
  numpy==1.26.4 networkx==3.6.1 scipy==1.16.3 scikit-learn==1.7.2 rich==15.0.0 tqdm==4.70.1
# without what its command line and its servers ask for
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps morphml==1.0.0

cd "$folder"
"$folder/venv/bin/python" -W ignore - <<'PYTHON'
from contextlib import redirect_stdout
from io import StringIO

import numpy as np
from morphml.optimizers.multi_objective.indicators import QualityIndicators, compare_pareto_fronts
from morphml.optimizers.multi_objective.nsga2 import MultiObjectiveIndividual

hypervolume = QualityIndicators.hypervolume


def front(names, *rows):
    return [MultiObjectiveIndividual(genome=None, objectives=dict(zip(names, row))) for row in rows]


names = ("accuracy", "negative latency")
good = front(names, (0.95, -10.0), (0.90, -5.0))
bad = front(names, (0.60, -60.0), (0.50, -12.0))
objectives = [{"name": name, "maximize": True} for name in names]
assert all(better.dominates(worse, objectives) for better in good for worse in bad)
shown = StringIO()
with redirect_stdout(shown):
    compare_pareto_fronts(bad, good, "bad", "good")
line = next(line for line in shown.getvalue().splitlines() if line.startswith("Hypervolume"))
print("bad and good:", line)
point = np.array([0.0, -100.0])
print(f"to one point: good {hypervolume(good, point):.1f}, bad {hypervolume(bad, point):.1f}")
assert hypervolume(good) < hypervolume(bad) and hypervolume(good, point) > hypervolume(bad, point)
first, second = line.split(":")[1].split("|")
values, mark = second.split()[:1], second.split()[1:]
assert float(first) > float(values[0]) and len(mark) == 1

example = "reference_point=np.array([0.0, 100.0, 1e7])"
assert example in hypervolume.__doc__
networks = front(("accuracy", "latency", "parameters"), (0.95, 20.0, 2e6), (0.90, 10.0, 1e6))
volume = hypervolume(networks, reference_point=np.array([0.0, 100.0, 1e7]))
right = 0.95 * 80 * 8e6 + 0.90 * 90 * 9e6 - 0.90 * 80 * 8e6
print(f"documentation's point, accuracy up, latency and parameters down: {volume}, right {right:.3g}")
assert volume == 0.0
PYTHON
