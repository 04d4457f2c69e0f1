"""The contract of searched proxies, checked on labels and scores that are made up."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from harness.catalog import LoadedSearch
from harness.catalog.tuned_proxy import settings_json, tuned_proxy
from harness.checks.finding import Finding, Verdict, findings, undescribed
from harness.checks.proxies import check_proxy
from harness.core.errors import HarnessError
from harness.core.identity import Json, derived_seed
from harness.execution.executor import Executor
from harness.searched_proxy import Budget, FloatArray, LabelledDraw, Unscored

__all__ = ["check_search"]

_LABELS = np.arange(8, dtype=np.float64)
_EVALUATIONS = 60


@dataclass(slots=True, kw_only=True)
class _Laboratory:
    """Gives every setting scores of its own, and refuses one in `refuses`."""

    refuses: int = 0
    asked: list[str] = field(default_factory=list)

    def score(self, settings: Json) -> FloatArray | Unscored:
        text = repr(settings_json(settings))
        self.asked.append(text)
        seed = derived_seed(0, text)
        if self.refuses and seed % self.refuses == 0:
            return Unscored(reason="it fails here, by the contract kit's choice")
        return np.random.default_rng(seed).permutation(_LABELS)


def check_search(search: LoadedSearch, space_name: str, executor: Executor) -> tuple[Finding, ...]:
    """Check a searched proxy, and then the proxy of the settings that it finds.

    Raises:
        UsageError: There is no such space.
    """
    kept = findings(_RULES, search)
    if any(finding.verdict is Verdict.BROKEN for finding in kept):
        return kept
    proxy = tuned_proxy(search, _search(search, _Laboratory()))
    return kept + check_proxy(proxy, space_name, executor)


def _search(search: LoadedSearch, laboratory: _Laboratory) -> Json:
    draw = LabelledDraw(labels=_LABELS.copy(), score=laboratory.score)
    return search.plugin.search(draw, Budget(evaluations=_EVALUATIONS, seed=0))


def _describes_itself(search: LoadedSearch) -> str:
    return undescribed(search.plugin)


def _keeps_to_its_budget(search: LoadedSearch) -> str:
    laboratory = _Laboratory()
    _search(search, laboratory)
    asked = len(laboratory.asked)
    return f"it asks {asked} times, {_EVALUATIONS} allowed" if asked > _EVALUATIONS else ""


def _finds_settings_of_a_proxy(search: LoadedSearch) -> str:
    try:
        tuned_proxy(search, _search(search, _Laboratory()))
    except HarnessError as error:
        return str(error)
    return ""


def _repeats_itself(search: LoadedSearch) -> str:
    first, second = _Laboratory(), _Laboratory()
    same = _search(search, first) == _search(search, second) and first.asked == second.asked
    return "" if same else "with equal seeds and scores it does something else"


def _survives_failures(search: LoadedSearch) -> str:
    laboratory = _Laboratory(refuses=2)
    settings = repr(settings_json(_search(search, laboratory)))
    refused = derived_seed(0, settings) % 2 == 0
    return "it returns settings that failed" if refused else ""


_RULES: dict[str, Callable[[LoadedSearch], str]] = {
    "describes its search": _describes_itself,
    "keeps to its budget": _keeps_to_its_budget,
    "finds settings of a proxy": _finds_settings_of_a_proxy,
    "searches the same way twice": _repeats_itself,
    "survives settings that fail": _survives_failures,
}
