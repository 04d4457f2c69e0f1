"""Scores of all methods side by side, one place an architecture."""

from __future__ import annotations

from collections.abc import Mapping

from harness.evaluation import TaskScores
from harness.metrics.values import FloatArray

__all__ = ["AlignedScores", "aligned_scores"]

AlignedScores = Mapping[str, FloatArray]
"""Name of a method to scores of shape ``(n,)``, higher is better; NaN where it has none."""


def aligned_scores(task: TaskScores) -> AlignedScores:
    """Return the scores of every method in the order of ``task.architectures``."""
    return {method.name: method.values for method in task.methods}
