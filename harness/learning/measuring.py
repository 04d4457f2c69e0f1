"""From stored fits to curves: predictions meet the truth here, and only here."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

from harness.core.errors import UsageError
from harness.learning.curve import Curve, Point, area, needed
from harness.learning.draws import Draw
from harness.learning.fitting import Fitted
from harness.metrics import (
    Metric,
    Needs,
    Range,
    Sample,
    Undefined,
    Value,
    estimate_mean,
    find_metric,
    measure,
)
from harness.records.fit import FitFailed, FitRecord, Predicted

__all__ = ["HEADLINES", "TARGET", "curves"]

HEADLINES = ("kendall", "spearman")
"""Metrics of a curve; others can be asked for."""

TARGET = 0.7
"""The level of Kendall's tau that labels are counted to."""


def curves(fitted: Fitted, metrics: Sequence[str] = HEADLINES) -> tuple[Curve, ...]:
    """Measure every predictor by every metric.

    Args:
        fitted: All fits.
        metrics: Names of metrics that need scores alone.

    Raises:
        UsageError: There is no such metric, or it needs more than scores.
    """
    chosen = [_metric(name) for name in metrics]
    return tuple(_curve(fitted, name, metric) for name in fitted.records for metric in chosen)


def _metric(name: str) -> Metric:
    metric = find_metric(name)
    if metric.needs is not Needs.SCORES:
        raise UsageError(f"metric {name} needs {metric.needs}; a curve is made of scores alone")
    return metric


def _curve(fitted: Fitted, name: str, metric: Metric) -> Curve:
    sizes, bounds = fitted.experiment.sizes, fitted.pool.range_of(metric)
    rows = {size: fitted.records[name][size] for size in sizes}
    values = {
        size: tuple(
            _measured(fitted, metric, record, draw)
            for record, draw in zip(rows[size], fitted.draws, strict=True)
        )
        for size in sizes
    }
    points = tuple(_point(bounds, size, values[size], rows[size]) for size in sizes)
    by_repeat = zip(*(values[size] for size in sizes), strict=True)
    return Curve(
        predictor=name,
        metric=metric.name,
        points=points,
        area=estimate_mean([area(sizes, heights) for heights in by_repeat], bounds),
        needed=needed(sizes, [point.mean.value for point in points], TARGET),
        level=TARGET,
    )


def _measured(fitted: Fitted, metric: Metric, record: FitRecord, draw: Draw) -> Value:
    result = record.result
    if isinstance(result, FitFailed):
        return Undefined(reason=result.reason)
    truth = fitted.pool.labels[draw.evaluation]
    return measure(metric, Sample(scores=result.values, truth=truth))


def _point(
    bounds: Range, size: int, values: tuple[Value, ...], records: Sequence[FitRecord]
) -> Point:
    done = [record.result for record in records if isinstance(record.result, Predicted)]
    return Point(
        labels=size,
        repeats=values,
        mean=estimate_mean(values, bounds),
        fit_s=median(fit.fit_s for fit in done) if done else None,
        predict_s=median(fit.predict_s for fit in done) if done else None,
    )
