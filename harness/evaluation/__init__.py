"""Joins scores with ground truth: metrics with intervals, coverage, ties and cost."""

from harness.evaluation.computed import contests, evaluate
from harness.evaluation.contender import Contender, Expense
from harness.evaluation.contest import Contest, Performance
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
from harness.evaluation.published import published_contest, stored_contest
from harness.evaluation.ranking import Procedure, contest_resamples, leaderboard, rank

__all__ = [
    "Board",
    "ComputedScores",
    "Contender",
    "Contest",
    "Entry",
    "Expense",
    "Leaderboard",
    "Measured",
    "Performance",
    "Procedure",
    "Provenance",
    "PublishedScores",
    "Timing",
    "contest_resamples",
    "contests",
    "evaluate",
    "leaderboard",
    "published_contest",
    "rank",
    "stored_contest",
]
