"""Joins scores with ground truth: metrics with intervals, coverage, ties and cost."""

from harness.evaluation.comparing import compare_parties
from harness.evaluation.comparison import Comparison, Contrast, CostRatio, Disagreement
from harness.evaluation.computed import (
    contenders,
    contests,
    evaluate,
    orientation,
    procedure_of,
    ranked,
)
from harness.evaluation.failures import (
    SKIPPED,
    FailureCount,
    count_failures,
    failed_everywhere,
    failures_text,
    failures_without_reasons,
)
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
from harness.evaluation.method_scores import Contender, Expense
from harness.evaluation.procedure import Procedure
from harness.evaluation.published import published_contest, stored_contest
from harness.evaluation.ranking import contest_resamples, joined, leaderboard, rank
from harness.evaluation.seeds import OverSeeds, over_seeds
from harness.evaluation.side import Party, computed_party, published_party
from harness.evaluation.standings import OVERALL, SIGNIFICANCE
from harness.evaluation.task_scores import Contest, Performance

__all__ = [
    "OVERALL",
    "SIGNIFICANCE",
    "SKIPPED",
    "Board",
    "Comparison",
    "ComputedScores",
    "Contender",
    "Contest",
    "Contrast",
    "CostRatio",
    "Disagreement",
    "Entry",
    "Expense",
    "FailureCount",
    "Friedman",
    "Leaderboard",
    "Measured",
    "OverSeeds",
    "PairedTest",
    "Party",
    "Performance",
    "Placement",
    "Procedure",
    "Provenance",
    "PublishedScores",
    "Standing",
    "Standings",
    "Timing",
    "compare_parties",
    "computed_party",
    "contenders",
    "contest_resamples",
    "contests",
    "count_failures",
    "evaluate",
    "failed_everywhere",
    "failures_text",
    "failures_without_reasons",
    "joined",
    "leaderboard",
    "orientation",
    "over_seeds",
    "procedure_of",
    "published_contest",
    "published_party",
    "rank",
    "ranked",
    "stored_contest",
]
