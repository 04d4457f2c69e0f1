"""Searches that ask for no label, by name."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

from harness.architecture_search.differential_evolution import evolve
from harness.architecture_search.pick import LabelFree, Pick, Request
from harness.architecture_search.pruning import prune
from harness.architecture_search.scorer import Scorer
from harness.architecture_search.zero_cost_pt import zero_cost_pt
from harness.catalog import LoadedProxy, Origin, require_kind
from harness.core.architecture import Architecture
from harness.core.errors import UsageError
from harness.execution.own_process import OwnProcess, load_plugin
from harness.operation_scoring import PoolSearch
from harness.spaces.knowledge import decisions_of, genes_of
from harness.spaces.registry import space

__all__ = ["LABEL_FREE", "search_label_free"]


def _pruning(request: Request) -> Pick:
    decisions = decisions_of(space(request.space))
    if decisions is None:
        raise _undecided(request, "edges with operations that a search could take away one by one")
    return _timed(
        "pruning", request, lambda scorer: decisions.architecture(prune(decisions, scorer))
    )


def _differential_evolution(request: Request) -> Pick:
    genes = genes_of(space(request.space))
    if genes is None:
        raise _undecided(request, "decisions or named choices that evolution could change")
    return _timed(
        "differential_evolution", request, lambda scorer: evolve(genes, scorer, request.seed)
    )


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


def _undecided(request: Request, what: str) -> UsageError:
    return UsageError(
        f"space {request.space} states no {what}; choose another algorithm, or a task of a space "
        "that states them"
    )


def _timed(searcher: str, request: Request, search: Callable[[Scorer], Architecture]) -> Pick:
    """Run a search that scores cells by their graphs."""
    scorer = Scorer.of(request.guide)
    started = time.perf_counter()
    architecture = search(scorer)
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
