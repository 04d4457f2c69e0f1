"""Joins scores with ground truth: metrics with intervals, coverage, ties and cost."""

from harness.evaluation.computed import contests, evaluate, ranked
from harness.evaluation.contender import Contender, Expense
from harness.evaluation.contest import Contest, Performance
from harness.evaluation.leaderboard import (
    Board,
    ComputedScores,
    Entry,
    Friedman,
    Leaderboard,
    Measured,
    PairedTest,
    Placement,
    Provenance,
    PublishedScores,
    Standing,
    Standings,
    Timing,
)
from harness.evaluation.procedure import Procedure
from harness.evaluation.published import published_contest, stored_contest
from harness.evaluation.ranking import contest_resamples, joined, leaderboard, rank
from harness.evaluation.standings import OVERALL, SIGNIFICANCE

__all__ = [
    "OVERALL",
    "SIGNIFICANCE",
    "Board",
    "ComputedScores",
    "Contender",
    "Contest",
    "Entry",
    "Expense",
    "Friedman",
    "Leaderboard",
    "Measured",
    "PairedTest",
    "Performance",
    "Placement",
    "Procedure",
    "Provenance",
    "PublishedScores",
    "Standing",
    "Standings",
    "Timing",
    "contest_resamples",
    "contests",
    "evaluate",
    "joined",
    "leaderboard",
    "published_contest",
    "rank",
    "ranked",
    "stored_contest",
]
