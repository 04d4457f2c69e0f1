"""Spaces made up of a few proxies, and what ranks them."""

import numpy as np

from harness.encodings import encoding
from harness.learning.leave_one_space_out import (
    Contestant,
    LearntFrom,
    SpacesPlan,
    rank_by_predictors,
)
from harness.learning.space_rows import PROXY, rows_over_spaces
from tests.learning.conftest import loaded
from tests.scored_tables import scored_table

N = 40
PLAN = SpacesPlan(labels=(0, 10), repeats=3)
SINGLE = Contestant(name="informs", reads=PROXY, learnt_from=LearntFrom.NOTHING)


def quiet(done, total):
    pass


def least_squares(labelled, seed):
    """Fit a line with a small penalty; as plain as a predictor can be."""
    design = labelled.inputs.features.values
    gram = design.T @ design + np.eye(design.shape[1])
    weights = np.linalg.solve(gram, design.T @ labelled.labels)
    return lambda inputs: inputs.features.values @ weights


def line(name="line", fit=least_squares, **more):
    return loaded(fit, name, **({"encoding": encoding("zc")} | more))


def space(number, sign=1, kin=None, noise=0.3):
    """A space in which one proxy informs, and one informs with a sign of the space's own."""
    generator = np.random.default_rng(number)
    informs, turns = generator.normal(size=(2, N))
    truth = informs + 2 * sign * turns + noise * generator.normal(size=N)
    scores = {"informs": informs, "turns": turns}
    return scored_table(f"task{number}", kin or f"space{number}", truth, scores)


def spaces():
    """Six spaces; the sign of the second proxy is plus in three, minus in three."""
    return [space(number, sign=1 if number % 2 else -1) for number in range(6)]


def ranked_by(tables, tmp_path, *predictors, plan=PLAN):
    return rank_by_predictors(tables, predictors or (line(),), plan, tmp_path, quiet)


def rows_by_label(ranked, tables):
    return {
        (row.contestant.label, row.labels): row for row in rows_over_spaces(ranked, tables, 500, 0)
    }
