"""The page of predictors on one task: sample-efficiency curves and their tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from harness.core.identity import Json
from harness.learning import Curve, Fitted
from harness.learning.tables import cells, facts, heads
from harness.metrics import Defined, Interval
from harness.report.page.shell import rendered, specification

__all__ = ["curves_page"]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Section:
    metric: str
    key: str
    heads: list[str]
    cells: list[list[str]]
    finding: str
    rows: list[Json]


def curves_page(fitted: Fitted, curves: Sequence[Curve]) -> str:
    """Return the curves of predictors as HTML, one picture and one table a metric.

    Args:
        fitted: What the curves were computed from.
        curves: At least one.
    """
    metrics = dict.fromkeys(one.metric for one in curves)
    shown = [
        _section(f"curve-{index}", [one for one in curves if one.metric == metric])
        for index, metric in enumerate(metrics)
    ]
    drawn = [one for one in shown if one.rows]
    data: Json = {
        "charts": {"curves": specification("curves")},
        "rows": {one.key: one.rows for one in drawn},
        "cohorts": [],
        "scatters": {},
    }
    task = fitted.pool.truth.task
    return rendered("curves.html", data, {}, task=task, facts=facts(fitted), curves=drawn)


def _section(key: str, curves: Sequence[Curve]) -> _Section:
    return _Section(
        metric=curves[0].metric,
        key=key,
        heads=heads(curves),
        cells=[cells(one) for one in curves],
        finding=_finding(curves),
        rows=[row for one in curves for row in _rows(one)],
    )


def _finding(curves: Sequence[Curve]) -> str:
    """Say which predictor is the highest at the largest draw."""
    ends = {
        one.predictor: (one.points[-1].mean.value.value, one.points[-1].labels)
        for one in curves
        if isinstance(one.points[-1].mean.value, Defined)
    }
    if not ends:
        return "No predictor has a value at the largest draw."
    best = max(ends, key=lambda name: ends[name][0])
    value, labels = ends[best]
    return f"Highest after {labels} labels: {best}, {value:.3f}."


def _rows(curve: Curve) -> list[Json]:
    rows: list[Json] = []
    for point in curve.points:
        value, interval = point.mean.value, point.mean.interval
        if not isinstance(value, Defined):
            continue
        low, high = (
            (interval.low, interval.high) if isinstance(interval, Interval) else (None, None)
        )
        rows.append(
            {
                "predictor": curve.predictor,
                "labels": point.labels,
                "value": value.value,
                "low": low,
                "high": high,
            }
        )
    return rows
