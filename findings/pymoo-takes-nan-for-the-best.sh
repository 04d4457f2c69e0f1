#!/usr/bin/env bash
# pymoo 0.6.2, numpy 2.4.6, scipy 1.17.1
#
# pymoo compares solutions without the objectives that are NaN: a solution with one NaN dominates every
# other that is worse in the rest, and none dominates it. All its non-dominated sorts put such a
# solution into a front of its own before the others, and NSGA-II keeps it: from a population with a
# few failures comes one of failures alone, whose result is a single one. Failures as infinity are
# sorted last. One would expect the same of NaN, or an error: optuna and moarchiving refuse it.
#
# In a search for accuracy and size, networks that diverged or did not fit are NaN, and are often the
# smallest or the largest. Here 5% of the space fail; after 40 generations all 20 of the population do.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check \
  pymoo==0.6.2 numpy==2.4.6 scipy==1.17.1

cd "$folder"
"$folder/venv/bin/python" -W ignore - <<'PYTHON'
import numpy as np
from pymoo.algorithms.moo.nsga2 import NSGA2
from pymoo.core.problem import Problem
from pymoo.optimize import minimize
from pymoo.util.nds.non_dominated_sorting import NonDominatedSorting

METHODS = ("fast_non_dominated_sort", "efficient_non_dominated_sort", "tree_based_non_dominated_sort")
errors_and_sizes = np.array([[6.1, 0.8], [7.3, 0.5], [9.0, 0.3], [np.nan, 0.2]])
for method in METHODS:
    fronts = [front.tolist() for front in NonDominatedSorting(method=method).do(errors_and_sizes)]
    print(f"{method}: fronts {fronts}")
    assert fronts == [[3], [0, 1, 2]]


class Networks(Problem):
    """Error falls with size; the smallest 5% fail."""

    def __init__(self, failed):
        super().__init__(n_var=1, n_obj=2, xl=0, xu=1)
        self.failed = failed

    def _evaluate(self, sizes, out, *_, **__):
        size = sizes[:, 0]
        out["F"] = np.column_stack([np.where(size < 0.05, self.failed, 1 - size), size])


for failed in (np.nan, np.inf):
    result = minimize(Networks(failed), NSGA2(pop_size=20), ("n_gen", 40), seed=1)
    objectives = result.pop.get("F")
    failures = int((~np.isfinite(objectives)).any(axis=1).sum())
    print(f"failures as {failed}: {failures} of {len(objectives)} in the population, {len(result.F)} in the result")
    if np.isnan(failed):
        assert failures == len(objectives) == 20 and np.atleast_2d(result.F).shape == (1, 2)
        assert np.isnan(result.F).any()
    else:
        assert failures <= 1 and np.isfinite(result.F).sum() >= 2 * 18
PYTHON
