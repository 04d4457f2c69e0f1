"""Searches: simulated on a truth table, to count queries, or by scores alone, without a label."""

from harness.architecture_search.fitness import Fitness, explore, search_by
from harness.architecture_search.guides import Fixed, Guide, Unguided
from harness.architecture_search.label_free import LABEL_FREE, search_label_free
from harness.architecture_search.learned import Learned
from harness.architecture_search.objectives import (
    Objective,
    Objectives,
    PredictedFront,
    predict_front,
)
from harness.architecture_search.pick import LabelFree, Pick, Request, rank_in_table
from harness.architecture_search.prices import HOURS, USUAL_MODELS, Figure, Prices
from harness.architecture_search.problem import Landscape, OpenProblem, Problem
from harness.architecture_search.scorer import Scorer
from harness.architecture_search.searchers import SEARCHERS, WALKERS, Searcher
from harness.architecture_search.simulation import Trace, require_walkable, simulate
from harness.architecture_search.summary import SearchSummary, summarise

__all__ = [
    "HOURS",
    "LABEL_FREE",
    "SEARCHERS",
    "USUAL_MODELS",
    "WALKERS",
    "Figure",
    "Fitness",
    "Fixed",
    "Guide",
    "LabelFree",
    "Landscape",
    "Learned",
    "Objective",
    "Objectives",
    "OpenProblem",
    "Pick",
    "PredictedFront",
    "Prices",
    "Problem",
    "Request",
    "Scorer",
    "SearchSummary",
    "Searcher",
    "Trace",
    "Unguided",
    "explore",
    "predict_front",
    "rank_in_table",
    "require_walkable",
    "search_by",
    "search_label_free",
    "simulate",
    "summarise",
]
