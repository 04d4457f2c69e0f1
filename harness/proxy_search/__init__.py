"""Searches the settings of proxies by a few labels, and evaluates what was found on the rest."""

from harness.proxy_search.evaluating import BESIDE, evaluated
from harness.proxy_search.files import load_found, write_found
from harness.proxy_search.found import Found
from harness.proxy_search.searching import find
from harness.proxy_search.setup import USUAL_BATCH, Question, SearchSetup, set_up_search

__all__ = [
    "BESIDE",
    "USUAL_BATCH",
    "Found",
    "Question",
    "SearchSetup",
    "evaluated",
    "find",
    "load_found",
    "set_up_search",
    "write_found",
]
