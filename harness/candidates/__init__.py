"""Architectures of a space without accuracies: drawn, limited, scored, and what to rank them by."""

from harness.candidates.drawing import Drawn, draw_from_space, draw_from_table, require_neighbours
from harness.candidates.exact_search import best_within
from harness.candidates.limits import Limit, apply_limits, parse_limits
from harness.candidates.prediction import predict_rest
from harness.candidates.ranking import MEAN_RANK, Ranked, RankedCandidate, rank_candidates
from harness.candidates.scoring import (
    Counts,
    Figures,
    Scored,
    counted_figures,
    counts_of,
    scored_proxies,
)
from harness.candidates.selection import (
    FEWEST_LABELS,
    USUAL,
    Kind,
    MethodFolds,
    Plan,
    Selection,
    select_method,
)

__all__ = [
    "FEWEST_LABELS",
    "MEAN_RANK",
    "USUAL",
    "Counts",
    "Drawn",
    "Figures",
    "Kind",
    "Limit",
    "MethodFolds",
    "Plan",
    "Ranked",
    "RankedCandidate",
    "Scored",
    "Selection",
    "apply_limits",
    "best_within",
    "counted_figures",
    "counts_of",
    "draw_from_space",
    "draw_from_table",
    "parse_limits",
    "predict_rest",
    "rank_candidates",
    "require_neighbours",
    "scored_proxies",
    "select_method",
]
