"""Means over spaces of what was ranked with each space left out, and differences of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from harness.core.identity import derived_seed
from harness.learning.leave_one_space_out import Contestant, LearntFrom, Ranked
from harness.metrics.scored_table import ScoredTable, estimate_over_kin, over_kin
from harness.metrics.values import Defined, Estimate, FloatArray, Interval

__all__ = ["PROXY", "SpaceRow", "rows_over_spaces", "smallest_told"]

PROXY = "proxy"
"""What `Contestant.reads` says of a single proxy."""

_OF_WIDTH = (1.96 + 0.84) / (2 * 1.96)
"""Smallest difference that is told with probability .8, as a share of the interval's width."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SpaceRow:
    """A contestant over all tables, with one number of labels of the judged space.

    Attributes:
        contestant: Who.
        labels: Number of labels.
        values: By task, the mean of the metric over draws; absent where there is none.
        failed: Number of failed fits.
        mean: Over spaces, what is absent counting 0.
        lead: How much higher the mean is than that of the best single proxy.
        gains: By what else the same predictor may learn from, how much higher the mean is; of what
            learnt from both alone.
    """

    contestant: Contestant
    labels: int
    values: Mapping[str, float]
    failed: int
    mean: Estimate
    lead: Estimate
    gains: Mapping[LearntFrom, Estimate] = field(default_factory=dict)


def rows_over_spaces(
    ranked: Sequence[Ranked], tables: Sequence[ScoredTable], resamples: int, seed: int
) -> tuple[SpaceRow, ...]:
    """Summarise each contestant for each number of labels, best mean first.

    Args:
        ranked: By tables, single proxies among them.
        tables: The tables.
        resamples: Resamples of spaces behind an interval.
        seed: Seed of these.
    """
    rows: list[SpaceRow] = []
    for labels in sorted({each.labels for each in ranked}):
        with_labels = [each for each in ranked if each.labels == labels]
        present = {each.task for each in with_labels}
        judged = [table for table in tables if table.task in present]
        rows += _Summary(tables=judged, resamples=resamples, seed=seed).rows(labels, with_labels)
    return tuple(rows)


def smallest_told(difference: Estimate) -> float | None:
    """Return the smallest true difference that such an interval keeps from 0 in four of five."""
    if not isinstance(difference.interval, Interval):
        return None
    return _OF_WIDTH * (difference.interval.high - difference.interval.low)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Summary:
    tables: Sequence[ScoredTable]
    resamples: int
    seed: int

    def rows(self, labels: int, ranked: Sequence[Ranked]) -> list[SpaceRow]:
        """Return the rows of one number of labels, whose tables these are."""
        own: dict[Contestant, dict[str, float]] = {}
        failed: dict[Contestant, int] = {}
        for each in ranked:
            defined = [v.value if isinstance(v, Defined) else 0.0 for v in each.values]
            own.setdefault(each.contestant, {})[each.task] = float(np.mean(defined))
            failed[each.contestant] = failed.get(each.contestant, 0) + each.failed
        columns = {
            contestant: np.array([values.get(table.task, 0.0) for table in self.tables])
            for contestant, values in own.items()
        }
        proxies = [contestant for contestant in columns if contestant.reads == PROXY]
        best = columns[
            max(proxies, key=lambda proxy: over_kin(self.tables, columns[proxy].tolist()))
        ]
        rows = [
            SpaceRow(
                contestant=contestant,
                labels=labels,
                values=own[contestant],
                failed=failed[contestant],
                mean=self._estimate(column),
                lead=self._estimate(column - best),
                gains=self._gains(contestant, columns),
            )
            for contestant, column in columns.items()
        ]
        return sorted(rows, key=lambda row: (-_number(row.mean), row.contestant.label))

    def _gains(
        self, contestant: Contestant, columns: Mapping[Contestant, FloatArray]
    ) -> dict[LearntFrom, Estimate]:
        if contestant.learnt_from is not LearntFrom.BOTH:
            return {}
        return {
            other.learnt_from: self._estimate(columns[contestant] - column)
            for other, column in columns.items()
            if (other.name, other.reads) == (contestant.name, contestant.reads)
            and other != contestant
        }

    def _estimate(self, values: FloatArray) -> Estimate:
        tasks = [table.task for table in self.tables]
        seed = derived_seed(self.seed, "leave-one-space-out", *tasks)
        return estimate_over_kin([table.kin for table in self.tables], values, self.resamples, seed)


def _number(estimate: Estimate) -> float:
    return estimate.value.value if isinstance(estimate.value, Defined) else -np.inf
