"""What an evaluation finds: entries on boards, boards on a leaderboard, and their provenance."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from harness.metrics.intervals import Interval
from harness.metrics.values import Undefined, Value
from harness.truth.table import TruthTable

__all__ = [
    "Board",
    "ComputedScores",
    "Entry",
    "Leaderboard",
    "Measured",
    "Provenance",
    "PublishedScores",
    "Timing",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """A metric's value and its bootstrap interval."""

    value: Value
    interval: Interval | Undefined


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """Cost of one plugin, passes included, over the architectures of one environment.

    Attributes:
        quartiles_s: Lower quartile, median and upper quartile of wall-clock seconds.
        gpu_s: Median seconds on the GPU; absent where none was used.
        peak_bytes: Largest peak memory; absent where the system does not tell.
        environment: Key of the environment; costs of different ones are never pooled.
    """

    quartiles_s: tuple[float, float, float]
    gpu_s: float | None
    peak_bytes: int | None
    environment: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One plugin, or one published proxy, on one task.

    Attributes:
        drawn: Architectures of the population that have ground truth.
        scored: Those with a finite score.
        missing: Those without any outcome: nobody has asked, or nothing was published.
        failures: Number of failures by kind.
        distinct: Number of different scores; fewer than `scored` where there are ties.
        measured: Metrics by name.
    """

    plugin: str
    version: str
    key: str
    drawn: int
    scored: int
    missing: int
    failures: Mapping[str, int]
    distinct: int
    measured: Mapping[str, Measured]
    timing: Timing | None

    @property
    def coverage(self) -> float:
        """Share of the drawn architectures that have a finite score, 0 to 1."""
        return self.scored / self.drawn


@dataclass(frozen=True, slots=True, kw_only=True)
class ComputedScores:
    """The harness computed the scores itself, all in one condition.

    Attributes:
        condition: Key of the condition.
        batch: Source and size of the batch.
        device: Type of device.
    """

    condition: str
    batch: str
    device: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedScores:
    """Others computed the scores and published them.

    Attributes:
        sources: Names of the files that hold them.
    """

    sources: tuple[str, ...]


Provenance = ComputedScores | PublishedScores


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """All plugins on one task, best first; those with less than full coverage come last.

    Attributes:
        population: Name of the population.
        population_size: Its architectures, with or without ground truth.
        provenance: Whose scores these are.
        drawn: Architectures of the population that have ground truth.
        best: The best of their values, turned round where lower is better.
    """

    truth: TruthTable
    population: str
    population_digest: str
    population_size: int
    provenance: Provenance
    drawn: int
    best: float
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaderboard:
    """All tasks of a suite.

    Attributes:
        edition: Which of the suite's leaderboards this is: names its files.
        seed: Seed of the bootstrap; for computed scores of batch, weights and draws too.
    """

    suite: str
    edition: str
    seed: int
    resamples: int
    level: float
    metrics: tuple[str, ...]
    boards: tuple[Board, ...]
