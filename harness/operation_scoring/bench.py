"""A zero-cost proxy that measures one network after the other, by the passes of all proxies."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import nn

from harness.batches.source import Batch
from harness.catalog import LoadedProxy
from harness.core.architecture import Architecture, CellGraph, Dataset
from harness.core.errors import ContractError, UsageError
from harness.core.outcome import SCORE, Scored, ask
from harness.isolation import isolated_generators, one_thread, process_guard
from harness.operation_scoring.setup import Norms
from harness.passes.observation import Subject, closure
from harness.passes.subject import BUILD, NETWORK
from harness.passes.workbench import Workbench
from harness.spaces.supernets.mixture import FreshNorms

__all__ = ["CPU", "Bench", "Source"]

CPU = torch.device("cpu")


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
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

    measure: LoadedProxy
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
        return all(needed is NETWORK or BUILD not in needed.requires for needed in passes)

    def value(self, source: Source, text: str, batch: Batch, seed: int) -> float:
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
            device=CPU,
        )
        proxy = self.measure.plugin
        bench = Workbench(subject, proxy.passes, measures_memory=False)
        observation = bench.observation(proxy.name, proxy.passes)
        with (
            one_thread(),
            process_guard().watching(proxy.name),
            isolated_generators(observation.seed, CPU),
        ):
            outcome = ask(lambda: proxy.score(observation), proxy.components)
        self.passes += 1
        self.seconds += time.perf_counter() - started
        if not isinstance(outcome, Scored):
            raise ContractError(
                f"measure {proxy.name} has no score of {source.name}: {outcome.reason}; try "
                "another batch or measure"
            )
        return proxy.direction.orient(outcome.components[SCORE])
