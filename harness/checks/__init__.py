"""The contract kit: what every plugin must keep, checked on real networks or made-up scores."""

from __future__ import annotations

from typing import assert_never

from harness.catalog import Loaded, LoadedPlugin, LoadedPredictor, LoadedScorer, LoadedSearch
from harness.checks.finding import Finding, Verdict
from harness.checks.predictors import check_predictor
from harness.checks.proxies import check_proxy
from harness.checks.scorers import check_scorer
from harness.checks.searches import check_search

__all__ = ["Finding", "Verdict", "check_plugin"]


def check_plugin(loaded: Loaded, space_name: str) -> tuple[Finding, ...]:
    """Check every rule of the contract for one plugin, of whatever kind, on one space.

    Raises:
        UsageError: There is no such space, or it has nothing to check this kind on.
    """
    match loaded:
        case LoadedPlugin():
            return check_proxy(loaded, space_name)
        case LoadedPredictor():
            return check_predictor(loaded, space_name)
        case LoadedScorer():
            return check_scorer(loaded, space_name)
        case LoadedSearch():
            return check_search(loaded, space_name)
        case _:
            assert_never(loaded)
