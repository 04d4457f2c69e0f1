"""The whole algorithm of Zero-Cost-PT: a pool of proposals from supernets, then their validation.

Each proposal decides all choices anew, with new weights of the operations and a new batch for every
decision; the weights of the network stay. Different proposals are then compared as networks of
their own: the mean of the proxy over some batches, with one draw of weights each. The release adds
up where this takes the mean, which gives the same order.

No label takes part. A proposal that the proxy has no score of is left out.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import fmean

from harness.core.errors import ContractError
from harness.core.identity import derived_seed
from harness.operation_scoring.bench import Bench
from harness.operation_scoring.discretise import Plan, discretise
from harness.operation_scoring.order import Order
from harness.operation_scoring.probe import SupernetProbe, build_network
from harness.operation_scoring.seeds import Experiment, probes_of
from harness.operation_scoring.setup import Extent, Setup
from harness.spaces.supernets import Selection

__all__ = ["Found", "PoolSearch", "search_pool"]

_VALIDATION = -1
"""Number of the proposal whose batches the validation has."""


def _usual() -> Setup:
    return Setup(order=Order.RANDOM, extent=Extent.TURN)


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolSearch:
    """How much is searched.

    Attributes:
        setup: Conditions of every proposal.
        proposals: How many there are; 10 in the paper.
        batches: Batches of the validation; 100 in the paper.
    """

    setup: Setup = field(default_factory=_usual)
    proposals: int = 10
    batches: int = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a search ended in.

    Attributes:
        text: The architecture.
        score: Mean of the proxy over the batches of the validation, higher is better.
        proposals: Texts of the different proposals.
        supernets: How many supernets were measured.
        networks: How many networks were measured.
        seconds: Wall-clock time of everything.
    """

    text: str
    score: float
    proposals: tuple[str, ...]
    supernets: int
    networks: int
    seconds: float


def search_pool(experiment: Experiment, wanted: PoolSearch, seed: int) -> Found:
    """Propose and validate.

    Args:
        experiment: Scorer, proxy and supernet; its conditions are those of `wanted`.
        wanted: How much.
        seed: Seed of weights, batches and orders.

    Raises:
        ContractError: The proxy has no score of a supernet, or of no proposal.
    """
    started = time.perf_counter()
    setup = wanted.setup
    bench = Bench(measure=experiment.measure, dataset=experiment.dataset, norms=setup.norms)
    network = build_network(experiment.supernet, experiment.dataset, setup.removal, seed)
    pool: dict[str, Selection] = {}
    for proposal in range(wanted.proposals):
        probes = probes_of(experiment, bench, network, seed, proposal)
        at = derived_seed(seed, "proposal", str(proposal))
        plan = Plan(order=setup.order, extent=setup.extent, seed=at)
        derived = discretise(experiment.scorer.plugin, probes, plan).derived or {}
        pool[experiment.supernet.text(derived)] = derived
    supernets = bench.passes
    batches = wanted.batches if len(pool) > 1 else 1
    validating = probes_of(experiment, bench, network, seed, _VALIDATION)
    scores = _validated(pool, [validating(number) for number in range(batches)])
    best = max(scores, key=lambda text: scores[text])
    return Found(
        text=best,
        score=scores[best],
        proposals=tuple(pool),
        supernets=supernets,
        networks=bench.passes - supernets,
        seconds=time.perf_counter() - started,
    )


def _validated(pool: dict[str, Selection], probes: Sequence[SupernetProbe]) -> dict[str, float]:
    scores: dict[str, float] = {}
    reason = ""
    for text, selection in pool.items():
        try:
            scores[text] = fmean(probe.measure_network(selection) for probe in probes)
        except ContractError as error:
            reason = str(error)
    if not scores:
        raise ContractError(f"none of {len(pool)} proposals could be validated: {reason}")
    return scores
