"""How methods are measured: metrics, resamples, level and seed."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from harness.core.errors import UsageError
from harness.metrics.intervals import percentile_interval
from harness.metrics.metric import Metric, measure
from harness.metrics.registry import find_metric
from harness.metrics.replicates import Replicates, bootstrap
from harness.metrics.sample import Resamples, Sample
from harness.metrics.values import Defined, Estimate, Undefined
from harness.suite import Suite

__all__ = ["Procedure", "Resampled", "estimate", "procedure_of", "resample"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Procedure:
    """How methods are measured.

    Attributes:
        names: The metrics or their names, the first of which orders a board; the usual ones when
            empty.
        where: File and key that held the names, for messages.
        top: The k of the usual best@k and regret@k.
        resamples: Bootstrap resamples behind an interval.
        level: Coverage of an interval, e.g. 0.95.
        seed: Seed of the resamples.
        metrics: The metrics of every board, the first of which orders it.

    Raises:
        UsageError: A metric is unknown or named twice.
    """

    names: tuple[str | Metric, ...] = ()
    where: str = ""
    top: int = 10
    resamples: int = 1000
    level: float = 0.95
    seed: int = 0
    metrics: tuple[Metric, ...] = field(init=False)

    def __post_init__(self) -> None:
        metrics = tuple(
            find_metric(name, self.where) if isinstance(name, str) else name
            for name in self.names or self._usual
        )
        object.__setattr__(self, "metrics", metrics)
        counts = Counter(metric.name for metric in self.metrics)
        twice = [name for name, count in counts.items() if count > 1]
        if twice:
            place = f" in {self.where}" if self.where else ""
            raise UsageError(f"metric {twice[0]!r} stands twice{place}; name each metric once")

    @property
    def headline(self) -> Metric:
        """The metric that orders a board and that ranks are by."""
        return self.metrics[0]

    @property
    def _usual(self) -> tuple[str, ...]:
        return (
            "spearman",
            "kendall",
            "kendall-top-10%",
            "partial-spearman",
            "partial-spearman-depth",
            "stratified-kendall",
            "stratified-kendall-params",
            "kendall-within-10%",
            f"best@{self.top}",
            f"regret@{self.top}",
        )


def procedure_of(suite: Suite, metrics: tuple[Metric, ...] = ()) -> Procedure:
    """Return how a suite measures.

    Args:
        suite: The suite.
        metrics: Metrics instead of its own, if any.

    Raises:
        UsageError: The suite names an unknown metric, or one twice.
    """
    return Procedure(
        names=metrics or suite.metrics,
        where="--metric" if metrics else f"suite {suite.name} [metrics]",
        top=suite.top,
        resamples=suite.resamples,
        level=suite.level,
        seed=suite.seed,
    )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Resampled:
    """A metric's value on the whole sample, and on every resample that has one."""

    value: float
    replicates: Replicates


def resample(metric: Metric, sample: Sample, resamples: Resamples) -> Resampled | Undefined:
    """Compute a metric on a sample and, where it is defined there, on the resamples."""
    value = measure(metric, sample)
    if isinstance(value, Undefined):
        return value
    return Resampled(value=value.value, replicates=bootstrap(metric, sample, resamples))


def estimate(resampled: Resampled | Undefined, level: float) -> Estimate:
    """Summarise a value and its bootstrap distribution by the percentile interval."""
    if isinstance(resampled, Undefined):
        return Estimate(value=resampled, interval=resampled)
    return Estimate(
        value=Defined(value=resampled.value),
        interval=percentile_interval(resampled.replicates, level),
    )
