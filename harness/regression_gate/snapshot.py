"""What a gate keeps of a run: scores, failures and times, and what they belong to.

The baseline and the run that is held against it are values of this one type, so that nothing can
be known of one side alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from harness.execution.agreement import HERE
from harness.metrics.values import Value
from harness.plugin import Stability
from harness.records.condition import Condition
from harness.records.environment import Environment

__all__ = [
    "Declared",
    "PluginState",
    "Population",
    "Snapshot",
    "Times",
    "Tolerance",
    "machine_of",
    "same_arithmetic",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tolerance:
    """How far a plugin may be from its baseline; kept in the baseline, for people to change.

    Attributes:
        here: Largest relative difference of a score on the machine of the baseline, and of one less
            the Spearman correlation of new with old scores. On another machine the plugin's
            stability counts where it is larger.
        drop: Fall of the rank correlation with the truth that never fails a gate; on another
            machine the plugin's stability counts where it is larger.
    """

    here: float = HERE
    drop: float = 0.005


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """What a plugin promises to bump before its scores change.

    Attributes:
        version: Its own version.
        passes: ``NAME=VERSION`` of every pass that it rests on, sorted.
    """

    version: str
    passes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Times:
    """Seconds per architecture on one machine: the one that scored most of them.

    Attributes:
        machine: Key of the machine, see `machine_of`.
        seconds: Text of an architecture to seconds, of the GPU where one was used.
    """

    machine: str
    seconds: Mapping[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class PluginState:
    """What one plugin said of a population.

    Attributes:
        key: Identity of the scores.
        stochastic: Whether the plugin draws random numbers of its own.
        stability: What it states of other machines.
        scores: Text to score, higher is better after the declared direction. A set-level proxy is
            aggregated over all architectures of the population that it scored.
        parts: For set-level proxies, name of a component to text to number; else empty.
        failures: Text to kind of failure, for the architectures without a score.
        reasons: Kind of failure to the reason of the first; a baseline keeps none.
        times: Absent where no cost is known.
        values: Task to rank correlation with the truth.
    """

    name: str
    key: str
    declared: Declared
    stochastic: bool
    stability: Stability
    tolerance: Tolerance
    scores: Mapping[str, float]
    parts: Mapping[str, Mapping[str, float]]
    failures: Mapping[str, str]
    reasons: Mapping[str, str] = field(default_factory=dict)
    times: Times | None
    values: Mapping[str, Value]

    def same_machine_as(self, other: PluginState) -> bool:
        """Tell whether both were scored on one machine with the same packages, as far as known."""
        if self.times is None or other.times is None:
            return False
        return self.times.machine == other.times.machine


@dataclass(frozen=True, slots=True, kw_only=True)
class Population:
    """Which architectures were scored.

    Attributes:
        digest: Digest of the set of texts.
        texts: In any order.
    """

    name: str
    digest: str
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """A suite's scores at one moment.

    Attributes:
        tasks: Name of a task to the digest of its truth.
        machines: Key to description, for every machine that a plugin's times name.
    """

    suite: str
    population: Population
    condition: Condition
    tasks: Mapping[str, str]
    plugins: Mapping[str, PluginState]
    machines: Mapping[str, Environment]

    def arithmetic_of(self, name: str) -> str:
        """Return what decides the digits of a plugin's scores; empty where it is not known."""
        times = self.plugins[name].times
        return "" if times is None else self.machines[times.machine].arithmetic

    def of(self, names: Iterable[str]) -> Snapshot:
        """Keep the plugins of these names, those that are there."""
        wanted = set(names)
        kept = {name: plugin for name, plugin in self.plugins.items() if name in wanted}
        return replace(self, plugins=kept)

    def with_tolerances_of(self, other: Snapshot) -> Snapshot:
        """Take over the tolerances that people have set in another snapshot."""
        plugins = {
            name: replace(plugin, tolerance=other.plugins[name].tolerance)
            if name in other.plugins
            else plugin
            for name, plugin in self.plugins.items()
        }
        return replace(self, plugins=plugins)


def same_arithmetic(then: Snapshot, now: Snapshot, name: str) -> bool:
    """Tell whether both sides of a plugin have to agree to the last digit, as far as known."""
    known = then.arithmetic_of(name)
    return bool(known) and known == now.arithmetic_of(name)


def machine_of(environment: Environment) -> Environment:
    """Return an environment without what a version of the harness changes.

    Two runs whose machines are equal can be expected to take the same times.
    """
    unchanged = {"commit": None, "isolated": False, "packages": environment.other_packages}
    return environment.model_copy(update=unchanged)
