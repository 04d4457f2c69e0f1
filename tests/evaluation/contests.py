"""Contests made by hand, without files."""

from __future__ import annotations

from collections.abc import Mapping

from harness.evaluation import Contest, PublishedScores, published_contest
from harness.truth.scores import as_outcomes
from tests.truth_tables import truth_table


def contest(
    columns: Mapping[str, list[float]], task: str = "hand-made", space: str = "nowhere"
) -> Contest:
    """Return a contest in which the value of architecture ``i`` is ``i``."""
    n = max(len(column) for column in columns.values())
    scores = {
        name: {f"a{index:03}": value for index, value in enumerate(column)}
        for name, column in columns.items()
    }
    values = {f"a{index:03}": float(index) for index in range(n)}
    table = truth_table(values, task, space)
    return published_contest(table, as_outcomes(scores), PublishedScores(sources=("a-file",)))
