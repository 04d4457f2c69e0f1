"""The page of predictors on one task: sample-efficiency curves and their tables."""

from __future__ import annotations

from collections.abc import Sequence

from harness.core.identity import Json
from harness.learning import Curve, Fitted
from harness.learning.tables import cells, facts, heads
from harness.metrics import Defined, Interval
from harness.reports.page.curves import Picture, Section, curves_document, point

__all__ = ["curves_page"]


def curves_page(fitted: Fitted, curves: Sequence[Curve]) -> str:
    """Return the curves of predictors as HTML, one picture and one table a metric.

    Args:
        fitted: What the curves were computed from.
        curves: At least one.
    """
    metrics = dict.fromkeys(one.metric for one in curves)
    sections = [
        _section(facts(fitted), [one for one in curves if one.metric == metric])
        for metric in metrics
    ]
    return curves_document(f"Predictors on {fitted.pool.truth.task}", sections)


def _section(lead: str, curves: Sequence[Curve]) -> Section:
    metric = curves[0].metric
    picture = Picture(
        title=f"{metric} against labels",
        across="labels",
        finding=_finding(curves),
        rows=[row for one in curves for row in _rows(one)],
    )
    return Section(
        title=f"{metric} after so many labels",
        lead=lead,
        pictures=[picture],
        bars="Bars are 95% intervals of the mean over the draws.",
        caption=f"{metric}, mean over the draws",
        heads=heads(curves),
        cells=[cells(one) for one in curves],
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
    for one in curve.points:
        value, interval = one.mean.value, one.mean.interval
        if isinstance(value, Defined):
            known = interval if isinstance(interval, Interval) else None
            rows.append(point(curve.predictor, one.labels, value.value, known, "labels"))
    return rows
