"""Searches: simulated on a truth table, to count queries, or by scores alone, without a label."""

from harness.search.fitness import Fitness, search_by
from harness.search.guides import Fixed, Guide, Unguided
from harness.search.label_free import LABEL_FREE, search_label_free
from harness.search.learned import Learned
from harness.search.pick import LabelFree, Pick, Place, Request, place_of
from harness.search.prices import USUAL_PRICE, Prices
from harness.search.problem import Problem
from harness.search.scorer import Scorer
from harness.search.searchers import SEARCHERS, WALKERS, Searcher
from harness.search.simulation import Trace, require_walkable, simulate
from harness.search.summary import SearchSummary, summarise

__all__ = [
    "LABEL_FREE",
    "SEARCHERS",
    "USUAL_PRICE",
    "WALKERS",
    "Fitness",
    "Fixed",
    "Guide",
    "LabelFree",
    "Learned",
    "Pick",
    "Place",
    "Prices",
    "Problem",
    "Request",
    "Scorer",
    "SearchSummary",
    "Searcher",
    "Trace",
    "Unguided",
    "place_of",
    "require_walkable",
    "search_by",
    "search_label_free",
    "simulate",
    "summarise",
]
