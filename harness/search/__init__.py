"""Search simulated on a truth table: what a guide is worth in queries."""

from harness.search.guides import Fixed, Guide, Unguided
from harness.search.learned import Learned
from harness.search.problem import Problem
from harness.search.searchers import SEARCHERS, Searcher
from harness.search.simulation import Trace, simulate
from harness.search.summary import Queries, SearchSummary, summarise

__all__ = [
    "SEARCHERS",
    "Fixed",
    "Guide",
    "Learned",
    "Problem",
    "Queries",
    "SearchSummary",
    "Searcher",
    "Trace",
    "Unguided",
    "simulate",
    "summarise",
]
