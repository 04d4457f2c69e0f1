"""How contenders are measured: metrics, resamples, level and seed."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from harness.core.errors import UsageError
from harness.metrics.metric import Metric
from harness.metrics.registry import find_metric

__all__ = ["Procedure"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Procedure:
    """How contenders are measured.

    Attributes:
        names: Names of the metrics, the first of which orders a board; the usual ones when empty.
        where: File and key that held the names, for messages.
        top: The k of the usual best@k and regret@k.
        resamples: Bootstrap resamples behind an interval.
        level: Coverage of an interval, e.g. 0.95.
        seed: Seed of the resamples.

    Raises:
        UsageError: A metric is unknown or named twice.
    """

    names: tuple[str, ...] = ()
    where: str = ""
    top: int = 10
    resamples: int = 1000
    level: float = 0.95
    seed: int = 0

    def __post_init__(self) -> None:
        counts = Counter(one.name for one in self.metrics)
        twice = [name for name, count in counts.items() if count > 1]
        if twice:
            place = f" in {self.where}" if self.where else ""
            raise UsageError(f"metric {twice[0]!r} stands twice{place}; name each metric once")

    @property
    def metrics(self) -> tuple[Metric, ...]:
        """The metrics of every board, the first of which orders it."""
        return tuple(find_metric(name, self.where) for name in self.names or self._usual)

    @property
    def headline(self) -> Metric:
        """The metric that orders a board and that places are by."""
        return self.metrics[0]

    @property
    def _usual(self) -> tuple[str, ...]:
        return (
            "spearman",
            "kendall",
            "kendall-top-10%",
            "partial-spearman",
            f"best@{self.top}",
            f"regret@{self.top}",
        )
