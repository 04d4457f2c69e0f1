"""Searches the settings of proxies by a few labels, and evaluates what was found on the rest."""

from harness.proxy_search.evaluating import BESIDE, evaluated
from harness.proxy_search.files import load_found, write_found
from harness.proxy_search.found import Found
from harness.proxy_search.ground import Ground, Question, ground
from harness.proxy_search.searching import find

__all__ = [
    "BESIDE",
    "Found",
    "Ground",
    "Question",
    "evaluated",
    "find",
    "ground",
    "load_found",
    "write_found",
]
