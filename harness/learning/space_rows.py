"""Means over spaces of what was ranked with each space left out, and differences of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from harness.core.identity import derived_seed
from harness.learning.leave_one_space_out import Contestant, LearntFrom, Ranked
from harness.learning.picks import LEVELS, Calibration, Pick, pick_of
from harness.metrics.scored_table import ScoredTable, estimate_over_kin, over_kin
from harness.metrics.values import Defined, Estimate, FloatArray, Interval, Value

__all__ = ["PROXY", "CalibrationRow", "PickRow", "SpaceRow", "rows_over_spaces", "smallest_told"]

PROXY = "proxy"
"""What `Contestant.reads` says of a single proxy."""

_POWER = 0.8
"""Probability with which the smallest difference is told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PickRow:
    """What the highest is worth over all tables; see `Pick`.

    Attributes:
        by_task: Mean over draws; absent where there are no scores.
        above: Share of the table above the pick, over spaces; any network is picked where there
            are no scores.
        of_range: Regret as a share of the range of the truth, over spaces, in the same way.
    """

    by_task: Mapping[str, Pick]
    above: Estimate
    of_range: Estimate


@dataclass(frozen=True, slots=True, kw_only=True)
class CalibrationRow:
    """How sure a predictor was over all tables, and how sure it could be; see `Calibration`.

    Attributes:
        by_task: Mean over draws.
        inside: Of each of `LEVELS`, over spaces.
        crps: Over spaces.
        expected_above: Over spaces.
        surprise: How much larger the share above the pick was than expected, over spaces.
    """

    by_task: Mapping[str, Calibration]
    inside: tuple[Estimate, ...]
    crps: Estimate
    expected_above: Estimate
    surprise: Estimate


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
        told: The smallest true lead that such an interval keeps from 0 in four of five; absent
            where there is no interval.
        pick: What the highest is worth.
        calibration: Of a predictor that says how sure it is on every table.
        sure_fits: By task, how many fits gave deviations, of how many.
        gains: By what else the same predictor may learn from, how much higher the mean is; of what
            learnt from both alone.
    """

    contestant: Contestant
    labels: int
    values: Mapping[str, float]
    failed: int
    mean: Estimate
    lead: Estimate
    told: float | None
    pick: PickRow
    calibration: CalibrationRow | None = None
    sure_fits: Mapping[str, tuple[int, int]] = field(default_factory=dict)
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


def smallest_told(difference: Estimate, spaces: int) -> float | None:
    """Return the smallest true difference that such an interval keeps from 0 in four of five.

    Args:
        difference: A mean over spaces.
        spaces: Number of spaces. The interval reaches as many standard errors to either side as
            Student's t of them asks for (`estimate_over_kin`).
    """
    from scipy.special import stdtrit

    if not isinstance(difference.interval, Interval):
        return None
    reach = float(stdtrit(spaces - 1, 0.975))
    more = float(stdtrit(spaces - 1, _POWER))
    width = difference.interval.high - difference.interval.low
    return (reach + more) / (2 * reach) * width


@dataclass(frozen=True, slots=True, kw_only=True)
class _Summary:
    tables: Sequence[ScoredTable]
    resamples: int
    seed: int

    def rows(self, labels: int, ranked: Sequence[Ranked]) -> list[SpaceRow]:
        """Return the rows of one number of labels, whose tables these are."""
        own: dict[Contestant, dict[str, Ranked]] = {}
        for each in ranked:
            own.setdefault(each.contestant, {})[each.task] = each
        values = {
            contestant: {task: _mean(each.values) for task, each in by_task.items()}
            for contestant, by_task in own.items()
        }
        columns = {
            contestant: np.array([by_task.get(table.task, 0.0) for table in self.tables])
            for contestant, by_task in values.items()
        }
        proxies = [contestant for contestant in columns if contestant.reads == PROXY]
        best = columns[
            max(proxies, key=lambda proxy: over_kin(self.tables, columns[proxy].tolist()))
        ]
        spaces = len({table.kin for table in self.tables})
        leads = {name: self._estimate(column - best) for name, column in columns.items()}
        rows = [
            SpaceRow(
                contestant=contestant,
                labels=labels,
                values=values[contestant],
                failed=sum(each.failed for each in own[contestant].values()),
                mean=self._estimate(column),
                lead=leads[contestant],
                told=smallest_told(leads[contestant], spaces),
                gains=self._gains(contestant, columns),
                pick=self._pick(own[contestant]),
                calibration=self._calibration(own[contestant]),
                sure_fits={
                    task: (len(each.calibrations), len(each.values))
                    for task, each in own[contestant].items()
                },
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

    def _pick(self, own: Mapping[str, Ranked]) -> PickRow:
        by_task = {task: Pick.mean(each.picks) for task, each in own.items()}
        picks = [by_task.get(table.task) or _any_network(table) for table in self.tables]
        return PickRow(
            by_task=by_task,
            above=self._estimate(np.array([pick.above for pick in picks])),
            of_range=self._estimate(np.array([pick.of_range for pick in picks])),
        )

    def _calibration(self, own: Mapping[str, Ranked]) -> CalibrationRow | None:
        by_task = {
            task: Calibration.mean(each.calibrations)
            for task, each in own.items()
            if each.calibrations
        }
        if len(by_task) < len(self.tables):
            return None
        ordered = [by_task[table.task] for table in self.tables]
        expected = np.array([each.expected_above for each in ordered])
        above = np.array([Pick.mean(own[table.task].picks).above for table in self.tables])
        inside = np.array([each.inside for each in ordered])
        return CalibrationRow(
            by_task=by_task,
            inside=tuple(self._estimate(inside[:, column]) for column in range(len(LEVELS))),
            crps=self._estimate(np.array([each.crps for each in ordered])),
            expected_above=self._estimate(expected),
            surprise=self._estimate(above - expected),
        )

    def _estimate(self, values: FloatArray) -> Estimate:
        tasks = [table.task for table in self.tables]
        seed = derived_seed(self.seed, "leave-one-space-out", *tasks)
        return estimate_over_kin([table.kin for table in self.tables], values, self.resamples, seed)


def _mean(values: Sequence[Value]) -> float:
    """Return the mean, in which what is undefined counts 0."""
    return float(np.mean([v.value if isinstance(v, Defined) else 0.0 for v in values]))


def _any_network(table: ScoredTable) -> Pick:
    n = len(table.truth)
    return pick_of(table.truth, np.arange(n), np.zeros(n))


def _number(estimate: Estimate) -> float:
    return estimate.value.value if isinstance(estimate.value, Defined) else -np.inf
