"""Scores of all contenders side by side, one place an architecture."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from harness.evaluation import Contest
from harness.metrics.values import FloatArray

__all__ = ["AlignedScores", "aligned_scores"]

AlignedScores = Mapping[str, FloatArray]
"""Name of a contender to scores of shape ``(n,)``, higher is better; NaN where it has none."""


def aligned_scores(contest: Contest) -> AlignedScores:
    """Return the scores of every contender in the order of ``contest.known``."""
    found = {}
    for contender in contest.contenders:
        performance = contest.performance(contender)
        scores = np.full(len(contest.known), np.nan)
        scores[performance.mask] = performance.sample.scores
        found[contender.name] = scores
    return found
