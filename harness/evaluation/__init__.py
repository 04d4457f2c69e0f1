"""Joins scores with ground truth: metrics with intervals, coverage, ties and cost."""

from harness.evaluation.agreement import Agreement, agreement_text, judge_agreement
from harness.evaluation.comparison import Comparison, Contrast, compare_sides
from harness.evaluation.explained import FEWEST, PARTS, explain_scores
from harness.evaluation.failures import (
    SKIPPED,
    FailureCount,
    count_failures,
    failed_everywhere,
    failures_text,
    failures_without_reasons,
    kind_of,
)
from harness.evaluation.joining import (
    imported_method,
    join_imported,
    join_published,
    join_stored,
    load_published,
    published_methods,
    stored_methods,
)
from harness.evaluation.leaderboard import (
    Board,
    ComputedScores,
    Entry,
    Friedman,
    Leaderboard,
    MeanRank,
    OverallRanking,
    PairedTest,
    Provenance,
    PublishedScores,
    Timing,
)
from harness.evaluation.method_scores import MethodScores
from harness.evaluation.overall_ranking import OVERALL, SIGNIFICANCE
from harness.evaluation.paired_scores import (
    CostRatio,
    Disagreement,
    PairedScores,
    Side,
    read_computed,
    read_published,
)
from harness.evaluation.procedure import Procedure, procedure_of
from harness.evaluation.ranking import assemble, evaluate, rank_run, rank_task, rank_tasks
from harness.evaluation.seeds import OverSeeds, compare_seeds
from harness.evaluation.task_scores import TaskScores, join

__all__ = [
    "FEWEST",
    "OVERALL",
    "PARTS",
    "SIGNIFICANCE",
    "SKIPPED",
    "Agreement",
    "Board",
    "Comparison",
    "ComputedScores",
    "Contrast",
    "CostRatio",
    "Disagreement",
    "Entry",
    "FailureCount",
    "Friedman",
    "Leaderboard",
    "MeanRank",
    "MethodScores",
    "OverSeeds",
    "OverallRanking",
    "PairedScores",
    "PairedTest",
    "Procedure",
    "Provenance",
    "PublishedScores",
    "Side",
    "TaskScores",
    "Timing",
    "agreement_text",
    "assemble",
    "compare_seeds",
    "compare_sides",
    "count_failures",
    "evaluate",
    "explain_scores",
    "failed_everywhere",
    "failures_text",
    "failures_without_reasons",
    "imported_method",
    "join",
    "join_imported",
    "join_published",
    "join_stored",
    "judge_agreement",
    "kind_of",
    "load_published",
    "procedure_of",
    "published_methods",
    "rank_run",
    "rank_task",
    "rank_tasks",
    "read_computed",
    "read_published",
    "stored_methods",
]
