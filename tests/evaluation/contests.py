"""Contests made by hand, without files."""

from __future__ import annotations

from collections.abc import Mapping

from harness.evaluation import Contest, PublishedScores, published_contest
from harness.truth import TruthTable
from harness.truth.scores import as_outcomes
from harness.truth.table import content_digest
from harness.truth.task import Direction, Split
from harness.truth.unit import Unit


def truth(
    values: Mapping[str, float],
    direction: Direction = Direction.HIGHER,
    task: str = "hand-made",
    space: str = "nowhere",
) -> TruthTable:
    return TruthTable(
        task=task,
        space=space,
        dataset="none",
        split=Split.TEST,
        metric="accuracy",
        unit=Unit.NUMBER,
        direction=direction,
        epochs=None,
        sources=(),
        values=values,
        runs={},
        noise_ceiling=None,
        digest=content_digest(values),
    )


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
    table = truth(values, task=task, space=space)
    return published_contest(table, as_outcomes(scores), PublishedScores(sources=("a-file",)))
