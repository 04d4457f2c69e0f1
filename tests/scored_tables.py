"""Tables of scores and truth made by hand, of spaces that exist nowhere."""

from __future__ import annotations

from collections.abc import Mapping

from harness.metrics.scored_table import ScoredTable
from harness.metrics.values import FloatArray


def scored_table(
    task: str, kin: str, truth: FloatArray, scores: Mapping[str, FloatArray]
) -> ScoredTable:
    """Return a table whose networks are named after the task."""
    return ScoredTable(
        task=task,
        space=kin,
        kin=kin,
        architectures=tuple(f"{task}-{row}" for row in range(len(truth))),
        truth=truth,
        scores=scores,
    )
