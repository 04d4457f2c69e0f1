"""Measures a supernet, and networks of single architectures, by a zero-cost proxy."""

from __future__ import annotations

import copy
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import torch
from torch import nn

from harness.batches.batch import Batch
from harness.batches.source import ImageBatch
from harness.catalog import LoadedPlugin
from harness.core.architecture import Architecture, CellGraph, Dataset
from harness.core.errors import ContractError, UsageError
from harness.core.identity import derived_seed
from harness.core.outcome import SCORE, Failed, scored
from harness.operations.setup import Norms
from harness.passes.isolation import isolated_generator, one_thread
from harness.passes.observation import Subject, closure
from harness.passes.subject import BUILD, NETWORK
from harness.passes.workbench import Workbench
from harness.plugin import Direction
from harness.spaces.registry import space
from harness.spaces.supernets import Removal, Selection, State, Supernet
from harness.spaces.supernets.mixture import FreshNorms, hold

if TYPE_CHECKING:
    from harness.core.architecture import Space

__all__ = ["Bench", "SupernetProbe", "build_network", "torch_batch"]

_CPU = torch.device("cpu")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Source:
    """What passes observe: networks that a function builds."""

    name: str
    build: Callable[[], nn.Module]
    norms: Norms

    def graph(self, architecture: Architecture) -> CellGraph:
        """Refuse; a proxy that reads the graph says nothing of a supernet."""
        raise UsageError(
            f"{self.name} has no cell graph; choose a measure that looks at the network"
        )

    def network(self, architecture: Architecture, dataset: Dataset) -> nn.Module:
        """Build the network."""
        network = self.build()
        return FreshNorms(network) if self.norms is Norms.FRESH else network


@dataclass(slots=True, kw_only=True)
class Bench:
    """A proxy, and what it has measured so far.

    Attributes:
        measure: The proxy.
        dataset: What networks are built for.
        norms: What their batch norms normalise by.
        passes: How many networks were measured.
        seconds: Wall-clock time of that.

    Raises:
        UsageError: The proxy needs a population, or more than one number a network.
    """

    measure: LoadedPlugin
    dataset: Dataset
    norms: Norms
    passes: int = 0
    seconds: float = 0.0

    def __post_init__(self) -> None:
        proxy = self.measure.plugin
        if proxy.components != (SCORE,) or proxy.aggregate is not None:
            raise UsageError(
                f"proxy {proxy.name} ranks a population and gives no single score; choose another "
                "--measure, such as nwot"
            )

    @property
    def lends(self) -> bool:
        """Whether all passes of the proxy leave the network as it is."""
        passes = closure(self.measure.plugin.passes)
        return all(one is NETWORK or BUILD not in one.requires for one in passes)

    def value(self, source: _Source, text: str, batch: Batch, seed: int) -> float:
        """Return the proxy's score of what a source builds, higher is better.

        Raises:
            ContractError: It has no score.
        """
        started = time.perf_counter()
        subject = Subject(
            architecture=Architecture(space=source.name, text=text),
            space=source,
            dataset=self.dataset,
            batch=batch,
            seed=seed,
            device=_CPU,
        )
        proxy = self.measure.plugin
        bench = Workbench(subject, proxy.passes, measures_memory=False)
        observation = bench.observation(proxy.name, proxy.passes)
        with one_thread(), isolated_generator(observation.seed, _CPU):
            outcome = scored(proxy.score(observation), proxy.components)
        self.passes += 1
        self.seconds += time.perf_counter() - started
        if isinstance(outcome, Failed):
            raise ContractError(
                f"measure {proxy.name} has no score of {source.name}: {outcome.reason}; try "
                "another batch or measure"
            )
        value = outcome.components[SCORE]
        return value if proxy.direction is Direction.HIGHER else -value


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SupernetProbe:
    """One draw of a supernet's weights with one batch; implements `Probe`.

    Weights of networks and draws of the proxy depend on `weights_seed` alone, so that two states
    differ in their operations and in nothing else.

    Attributes:
        supernet: The supernet.
        network: Its network with all operations.
        everything: The weights of all operations.
        batch: Images and labels.
        weights_seed: Seed of the networks' weights.
        seed: Seed of a scorer that draws.
    """

    bench: Bench
    supernet: Supernet
    network: nn.Module
    everything: State
    batch: Batch
    weights_seed: int
    seed: int
    _known: dict[str, float] = field(default_factory=dict)

    def state(self, fixed: Selection) -> State:
        """Return the supernet in which some choices are fixed."""
        return self.everything.kept(fixed)

    def measure(self, state: State) -> float:
        """Measure a state; one that computes the same as another is not measured again."""
        key = repr(sorted((name, sorted(one.items())) for name, one in _same(state).items()))
        if key not in self._known:
            self._known[key] = self._value("supernet", lambda: self._held(state))
        return self._known[key]

    def measure_network(self, selection: Selection) -> float:
        """Measure the network of one architecture."""
        text = self.supernet.text(selection)
        if text not in self._known:
            on = _space_of(self.supernet)
            architecture = on.parse(text)
            self._known[text] = self._value(
                text, lambda: on.network(architecture, self.bench.dataset)
            )
        return self._known[text]

    def _value(self, text: str, build: Callable[[], nn.Module]) -> float:
        name = f"the supernet of {self.supernet.name}" if text == "supernet" else text
        source = _Source(name=name, build=build, norms=self.bench.norms)
        return self.bench.value(source, text, self.batch, self.weights_seed)

    def _held(self, state: State) -> nn.Module:
        hold(self.network, state)
        if self.bench.lends:
            return self.network
        return copy.deepcopy(self.network)


def _same(state: State) -> dict[str, dict[str, float]]:
    return {name: dict(one) for name, one in state.effective.weights.items()}


def _space_of(supernet: Supernet) -> Space:
    if not supernet.space:
        raise UsageError(f"supernet {supernet.name} has no space, so no networks of single cells")
    return space(supernet.space)


def build_network(supernet: Supernet, dataset: Dataset, removal: Removal, seed: int) -> nn.Module:
    """Build a supernet's network with all operations and weights drawn from a seed."""
    with isolated_generator(derived_seed(seed, "supernet", supernet.name), _CPU):
        return supernet.build(dataset, removal)


def torch_batch(drawn: ImageBatch) -> Batch:
    """Return a drawn batch as tensors."""
    return Batch(inputs=torch.from_numpy(drawn.images), labels=torch.from_numpy(drawn.labels))
