"""Zero-Cost-PT as a search without labels: the guide measures supernets."""

from __future__ import annotations

from harness.architecture_search.pick import Pick, Request
from harness.catalog import LoadedScorer, installed
from harness.core.architecture import Architecture
from harness.operation_scoring import Experiment, search_pool
from harness.spaces.datasets import dataset
from harness.spaces.registry import space
from harness.spaces.supernets import supernet_of

__all__ = ["zero_cost_pt"]

_NAME = "zero_cost_pt"


def zero_cost_pt(request: Request) -> Pick:
    """Propose a pool of architectures by supernets and validate it.

    Raises:
        UsageError: The space has no supernet, or the guide cannot measure one.
        ContractError: The guide has no score of a supernet, or of no proposal.
    """
    (scorer,) = installed().choose(LoadedScorer, [_NAME], "")
    experiment = Experiment(
        supernet=supernet_of(request.space),
        dataset=dataset(request.dataset),
        scorer=scorer,
        measure=request.guide,
        setup=request.pool.setup,
    )
    result = search_pool(experiment, request.pool, request.seed)
    architecture: Architecture = space(request.space).parse(result.text)
    return Pick(
        searcher=_NAME,
        guide=request.guide.name,
        architecture=architecture,
        score=result.score,
        scored=result.supernets + result.networks,
        seconds=result.seconds,
        seed=request.seed,
    )
