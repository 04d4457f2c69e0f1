"""What an evaluation finds: entries on boards, boards on a leaderboard, and their provenance."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from harness.core.short_repr import ShortRepr
from harness.evaluation.agreement import Agreement
from harness.evaluation.failures import FailureCount
from harness.metrics.metric import Metric
from harness.metrics.values import Estimate, Interval, Undefined, Value
from harness.truth.table import TruthTable

__all__ = [
    "Board",
    "ComputedScores",
    "Entry",
    "Friedman",
    "Leaderboard",
    "MeanRank",
    "OverallRanking",
    "PairedTest",
    "Provenance",
    "PublishedScores",
    "Timing",
]


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
        drawn: Different networks of the population that have ground truth.
        scored: Those with a finite score.
        missing: Those without any outcome: nobody has asked, or nothing was published.
        failures: By kind, the number of failures and the reason of the first; skipped ones too.
        distinct: Number of different scores; fewer than `scored` where there are ties.
        measured: Metrics by name.
        pairs: Of metrics that do not compare all, how many they compare, tied ones too; without
            those that lack a control.
        explained: R2 of the ranks of its scores by what explains them; see `explain_scores`.
        rank: Rank by the headline metric among the complete entries of the board, 1 for the best;
            entries that tie share the mean of their ranks. Its interval is over the paired
            resamples. Absent where scores are incomplete or the headline metric is undefined.
        imported: Where the scores were brought from, if they were computed elsewhere; else empty.
        archived: Networks whose scores, or failures, are taken from an archive.
    """

    plugin: str
    version: str
    key: str
    drawn: int
    scored: int
    missing: int
    failures: Mapping[str, FailureCount]
    distinct: int
    measured: Mapping[str, Estimate]
    rank: Estimate | None
    timing: Timing | None
    pairs: Mapping[str, int] = field(default_factory=dict)
    explained: Mapping[str, Value] = field(default_factory=dict)
    imported: str = ""
    archived: int = 0

    @property
    def coverage(self) -> float:
        """Share of the drawn architectures that have a finite score, 0 to 1."""
        return self.scored / self.drawn


@dataclass(frozen=True, slots=True, kw_only=True)
class ComputedScores:
    """The harness computed the scores itself, all in one condition.

    Attributes:
        condition: Key of the condition.
        dataset: Data set that networks and images are of.
        batch: Source and size of the batch.
        device: Type of device.
    """

    condition: str
    dataset: str
    batch: str
    device: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedScores:
    """Others computed the scores and published them, or the user brought all of them.

    Attributes:
        sources: Names of the files that hold them.
        imported: Whether the user brought them.
    """

    sources: tuple[str, ...]
    imported: bool = False

    def __str__(self) -> str:
        return f"{'imported from' if self.imported else 'published in'} {', '.join(self.sources)}"


Provenance = ComputedScores | PublishedScores


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """All plugins on one task, best first; those with less than full coverage come last.

    Attributes:
        population: Name of the population.
        population_size: Its architectures, with or without ground truth.
        provenance: Whose scores these are.
        rows: Architectures of the population that have ground truth.
        drawn: Different networks among them, as the truth says what makes networks identical.
        best: The best of their values, turned round where lower is better.
        agreement: How far proxies agree, against known tasks of other spaces, or why that is not
            known.
    """

    truth: TruthTable
    population: str
    population_digest: str
    population_size: int
    provenance: Provenance
    rows: int
    drawn: int
    best: float
    entries: tuple[Entry, ...]
    agreement: Agreement | Undefined


@dataclass(frozen=True, slots=True, kw_only=True)
class MeanRank:
    """One plugin over all tasks of a scope.

    Attributes:
        mean_rank: Mean over the tasks of its rank among the plugins compared; spaces weigh alike.
        interval: Of the mean rank over resamples of the tasks, clustered by space.
        mean_value: Mean of the headline metric, spaces weigh alike.
    """

    plugin: str
    mean_rank: float
    interval: Interval | Undefined
    mean_value: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PairedTest:
    """Wilcoxon's signed-rank test of two plugins over the tasks of a scope.

    Attributes:
        p_value: Two-sided.
        p_adjusted: After Holm's correction for all pairs of the scope.
    """

    first: str
    second: str
    p_value: float
    p_adjusted: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Friedman:
    """Friedman's test that all plugins of a scope rank alike.

    Attributes:
        statistic: Chi-square, corrected for ties.
        p_value: Of the chi-square with one degree of freedom less than plugins.
        critical_difference: Nemenyi's, of mean ranks, at 0.05; for the picture alone.
    """

    statistic: float
    p_value: float
    critical_difference: float


@dataclass(frozen=True, slots=True, kw_only=True)
class OverallRanking:
    """All plugins that are complete on every task of a scope, best mean rank first.

    Attributes:
        scope: Name of a space, or ``"overall"``.
        spaces: Spaces of the tasks; the clusters.
        tasks: Names of the tasks.
        left_out: Names of tasks of the scope on which fewer than half of its plugins are complete:
            with them almost none would be complete on all.
        metric: Name of the metric that ranks are by.
        incomplete: Plugin to the number of tasks on which it is complete, for the others.
        friedman: Undefined for fewer than two tasks or three plugins, or where all always tie.
        tests: One a pair of plugins, in the order of the table; empty where `friedman` is
            undefined.
        groups: Longest runs of at least two neighbouring plugins, no two of which differ at 0.05
            after correction; none lies within another.
    """

    scope: str
    spaces: tuple[str, ...]
    tasks: tuple[str, ...]
    left_out: tuple[str, ...]
    metric: str
    table: tuple[MeanRank, ...]
    incomplete: Mapping[str, int]
    friedman: Friedman | Undefined
    tests: tuple[PairedTest, ...]
    groups: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Leaderboard(ShortRepr):
    """All tasks of a suite.

    Attributes:
        edition: Which of the suite's leaderboards this is: names its files.
        overall: One a space with several tasks, then one overall where there are several spaces.
        seed: Seed of the bootstrap; for computed scores of batch, weights and draws too.
        measures: The metrics of every board, the first of which orders it.
    """

    suite: str
    edition: str
    seed: int
    resamples: int
    level: float
    measures: tuple[Metric, ...]
    boards: tuple[Board, ...]
    overall: tuple[OverallRanking, ...]

    @property
    def metrics(self) -> tuple[str, ...]:
        """Names of the metrics."""
        return tuple(metric.name for metric in self.measures)

    @property
    def headline(self) -> Metric:
        """The metric that orders the boards."""
        return self.measures[0]
