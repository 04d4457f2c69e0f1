"""Joins scores with ground truth: metrics with intervals, coverage, ties and cost."""

from harness.evaluation.computed import evaluate
from harness.evaluation.contender import Contender, Expense
from harness.evaluation.leaderboard import (
    Board,
    ComputedScores,
    Entry,
    Leaderboard,
    Measured,
    Provenance,
    PublishedScores,
    Timing,
)
from harness.evaluation.published import evaluate_stored, rank_published
from harness.evaluation.ranking import Procedure, rank

__all__ = [
    "Board",
    "ComputedScores",
    "Contender",
    "Entry",
    "Expense",
    "Leaderboard",
    "Measured",
    "Procedure",
    "Provenance",
    "PublishedScores",
    "Timing",
    "evaluate",
    "evaluate_stored",
    "rank",
    "rank_published",
]
