"""One seed of one scorer: weights, batches and order follow from it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from torch import nn

from harness.batches.drawing import draw_batch
from harness.catalog import LoadedProxy, LoadedScorer, Origin, require_kind
from harness.core.architecture import Dataset
from harness.core.errors import ContractError
from harness.core.identity import derived_seed, digest
from harness.execution.own_process import OwnProcess, load_plugin
from harness.operation_scoring.bench import Bench
from harness.operation_scoring.discretise import Derivation, Plan, discretise
from harness.operation_scoring.probe import SupernetProbe, build_network
from harness.operation_scoring.setup import Setup
from harness.spaces.datasets import identity_of
from harness.spaces.supernets import Supernet, supernet

__all__ = ["Experiment", "Outcome", "one_seed", "probes_of"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Experiment:
    """A scorer with its proxy on a supernet, under conditions.

    Attributes:
        dataset: What networks are built for.
    """

    supernet: Supernet
    dataset: Dataset
    scorer: LoadedScorer
    measure: LoadedProxy
    setup: Setup

    def key(self, seed: int) -> str:
        """Return a digest of everything that the scores of a seed depend on."""
        setup, measured = self.setup, self.scorer.plugin.measures
        parts = [
            self.supernet.name,
            self.supernet.version,
            self.dataset.name,
            *filter(None, [identity_of(self.dataset)]),
            self.scorer.key,
            self.measure.key if measured else "",
            str(setup.removal),
            str(setup.norms),
            str(setup.order),
            str(setup.extent),
        ]
        return digest([*parts, self._first_batch(seed) if measured else "", str(seed)])

    def _first_batch(self, seed: int) -> str:
        """Digest of the first batch: other images under the same name are another experiment."""
        return draw_batch(self.setup.images, self.dataset, _batch_seed(seed, 0, 0)).digest


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a seed gave.

    Attributes:
        result: The decisions; or why there are none.
        passes: How many networks were measured.
        measure_s: Seconds that this took.
        wall_s: Seconds of everything, drawing batches included.
    """

    result: Derivation | str
    passes: int
    measure_s: float
    wall_s: float


def one_seed(experiment: Experiment, seed: int) -> Outcome:
    """Decide all choices once; a broken contract is an outcome.

    A scorer or proxy from outside does so in a process of its own.
    """
    scorer, measure = experiment.scorer, experiment.measure
    outside = scorer.outside or measure.outside
    if not outside:
        return _one_seed(experiment, seed)
    return OwnProcess(outside).call(
        _one_seed_there,
        (experiment.supernet.name, experiment.dataset),
        (scorer.origin, scorer.name),
        (measure.origin, measure.name),
        experiment.setup,
        seed,
    )


def _one_seed_there(
    where: tuple[str, Dataset],
    scorer: tuple[Origin, str],
    measure: tuple[Origin, str],
    setup: Setup,
    seed: int,
) -> Outcome:
    name, dataset = where
    experiment = Experiment(
        supernet=supernet(name),
        dataset=dataset,
        scorer=require_kind(LoadedScorer, load_plugin(*scorer), ""),
        measure=require_kind(LoadedProxy, load_plugin(*measure), ""),
        setup=setup,
    )
    return _one_seed(experiment, seed)


def _one_seed(experiment: Experiment, seed: int) -> Outcome:
    started = time.perf_counter()
    setup = experiment.setup
    bench = Bench(measure=experiment.measure, dataset=experiment.dataset, norms=setup.norms)
    network = build_network(experiment.supernet, experiment.dataset, setup.removal, seed)
    plan = Plan(order=setup.order, extent=setup.extent, seed=seed)
    result: Derivation | str
    try:
        probes = probes_of(experiment, bench, network, seed)
        result = discretise(experiment.scorer.plugin, probes, plan)
    except ContractError as error:
        result = str(error)
    return Outcome(
        result=result,
        passes=bench.passes,
        measure_s=bench.seconds,
        wall_s=time.perf_counter() - started,
    )


def probes_of(
    experiment: Experiment, bench: Bench, network: nn.Module, seed: int, proposal: int = 0
) -> Callable[[int], SupernetProbe]:
    """Return what gives the probe of each decision of one discretisation.

    The network's weights are the same in all of them; the weights of operations are drawn anew for
    every proposal, and the batch for every decision.
    """
    generator = np.random.default_rng(derived_seed(seed, "weights", str(proposal)))
    everything = experiment.supernet.everything(generator)
    images = experiment.setup.images

    def probe(decision: int) -> SupernetProbe:
        at = _batch_seed(seed, proposal, decision)
        drawn = draw_batch(images, experiment.dataset, at)
        return SupernetProbe(
            bench=bench,
            supernet=experiment.supernet,
            network=network,
            everything=everything,
            batch=drawn.tensors(),
            weights_seed=seed,
            seed=derived_seed(seed, "scorer", str(proposal), str(decision)),
        )

    return probe


def _batch_seed(seed: int, proposal: int, decision: int) -> int:
    return derived_seed(seed, "operations", str(proposal), str(decision))
