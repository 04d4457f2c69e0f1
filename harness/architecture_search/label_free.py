"""Searches that ask for no label, by name."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

from harness.architecture_search.decisions import Decisions, decisions_of
from harness.architecture_search.differential_evolution import evolve
from harness.architecture_search.pick import LabelFree, Pick, Request
from harness.architecture_search.pruning import prune
from harness.architecture_search.scorer import Scorer
from harness.architecture_search.zero_cost_pt import zero_cost_pt
from harness.catalog import LoadedProxy, Origin, require_kind
from harness.core.architecture import Architecture
from harness.execution.own_process import OwnProcess, load_plugin
from harness.operation_scoring import PoolSearch

__all__ = ["LABEL_FREE", "search_label_free"]


def _pruning(request: Request) -> Pick:
    def search(decisions: Decisions, scorer: Scorer) -> Architecture:
        return decisions.architecture(prune(decisions, scorer))

    return _timed("pruning", request, search)


def _differential_evolution(request: Request) -> Pick:
    def search(decisions: Decisions, scorer: Scorer) -> Architecture:
        return evolve(decisions, scorer, request.seed)

    return _timed("differential_evolution", request, search)


LABEL_FREE: Mapping[str, LabelFree] = {
    "pruning": _pruning,
    "differential_evolution": _differential_evolution,
    "zero_cost_pt": zero_cost_pt,
}
"""Name to search; a search raises `UsageError` for a space or a guide that is not for it."""


def search_label_free(searcher: str, request: Request) -> Pick:
    """Search by one of `LABEL_FREE`; with a guide from outside in a process of its own."""
    guide = request.guide
    if not guide.outside:
        return LABEL_FREE[searcher](request)
    rest = (request.space, request.dataset, request.seed, request.pool)
    return OwnProcess(guide.name).call(_search_there, searcher, (guide.origin, guide.name), rest)


def _search_there(
    searcher: str, guide: tuple[Origin, str], rest: tuple[str, str, int, PoolSearch]
) -> Pick:
    space, dataset, seed, pool = rest
    request = Request(
        space=space,
        dataset=dataset,
        guide=require_kind(LoadedProxy, load_plugin(*guide), ""),
        seed=seed,
        pool=pool,
    )
    return LABEL_FREE[searcher](request)


def _timed(
    searcher: str, request: Request, search: Callable[[Decisions, Scorer], Architecture]
) -> Pick:
    """Run a search that scores cells by their graphs."""
    decisions, scorer = decisions_of(request.space), Scorer.of(request.guide)
    started = time.perf_counter()
    architecture = search(decisions, scorer)
    seconds, scored = time.perf_counter() - started, scorer.scored
    (score,) = scorer.architectures([architecture])
    return Pick(
        searcher=searcher,
        guide=request.guide.name,
        architecture=architecture,
        score=float(score),
        scored=scored,
        seconds=seconds,
        seed=request.seed,
    )
