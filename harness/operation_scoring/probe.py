"""A supernet as operation scorers see it: states and single architectures, each measured once."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass, field

from torch import nn

from harness.batches.source import Batch
from harness.core.architecture import Dataset, Space
from harness.core.errors import UsageError
from harness.core.identity import derived_seed
from harness.isolation import isolated_generators
from harness.operation_scoring.bench import CPU, Bench, Source
from harness.spaces.registry import space
from harness.spaces.supernets import Removal, Selection, State, Supernet
from harness.spaces.supernets.mixture import hold

__all__ = ["SupernetProbe", "build_network"]


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
        key = repr(
            sorted((name, sorted(weights.items())) for name, weights in _same(state).items())
        )
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
        source = Source(name=name, build=build, norms=self.bench.norms)
        return self.bench.value(source, text, self.batch, self.weights_seed)

    def _held(self, state: State) -> nn.Module:
        hold(self.network, state)
        if self.bench.lends:
            return self.network
        return copy.deepcopy(self.network)


def _same(state: State) -> dict[str, dict[str, float]]:
    return {name: dict(weights) for name, weights in state.effective.weights.items()}


def _space_of(supernet: Supernet) -> Space:
    if not supernet.space:
        raise UsageError(f"supernet {supernet.name} has no space, so no networks of single cells")
    return space(supernet.space)


def build_network(supernet: Supernet, dataset: Dataset, removal: Removal, seed: int) -> nn.Module:
    """Build a supernet's network with all operations and weights drawn from a seed."""
    with isolated_generators(derived_seed(seed, "supernet", supernet.name), CPU):
        return supernet.build(dataset, removal)
