"""The contract kit: what every plugin must keep, checked on real networks or made-up scores."""

from __future__ import annotations

from typing import Any

from harness.catalog import (
    LoadedPlugin,
    LoadedPredictor,
    LoadedProxy,
    LoadedScorer,
    LoadedSearch,
    require_kind,
)
from harness.checks.finding import Finding, Verdict
from harness.checks.predictors import check_predictor
from harness.checks.proxies import check_proxy
from harness.checks.scorers import check_scorer
from harness.checks.searches import check_search
from harness.checks.spaces import check_space
from harness.execution.executor import Executor, LocalPool

__all__ = ["Finding", "Verdict", "check_plugin", "check_space"]


def check_plugin(
    loaded: LoadedPlugin[Any], space_name: str, executor: Executor | None = None
) -> tuple[Finding, ...]:
    """Check every rule of the contract for one plugin, of whatever kind, on one space.

    Args:
        loaded: The plugin.
        space_name: Name of the space.
        executor: Where proxies are scored as in a run; one worker process by default.

    Raises:
        UsageError: There is no such space, or it has nothing to check this kind on.
    """
    executor = executor or LocalPool(workers=1)
    match loaded:
        case LoadedProxy():
            return check_proxy(loaded, space_name, executor)
        case LoadedPredictor():
            return check_predictor(loaded, space_name)
        case LoadedScorer():
            return check_scorer(loaded, space_name)
        case _:
            return check_search(require_kind(LoadedSearch, loaded, ""), space_name, executor)
