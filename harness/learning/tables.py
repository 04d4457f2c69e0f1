"""Curves as flat rows and as Markdown; the same fits give the same bytes, but for times."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import assert_never

from harness.core.pipe_table import pipe_table, shortened
from harness.learning.curve import AlreadyReached, Curve, Needed, NotReached, Reached
from harness.learning.fitting import Fitted
from harness.metrics import Defined, Estimate, Interval, Undefined

__all__ = ["Cell", "cells", "facts", "heads", "markdown", "rows"]

Cell = str | int | float | None


def heads(curves: Sequence[Curve]) -> list[str]:
    """Return the column heads of a table with one row a curve; one size has no area."""
    first = curves[0]
    sizes = [point.labels for point in first.points]
    return [
        "predictor",
        *(f"{first.metric} at {size}" for size in sizes),
        *(["area"] if len(sizes) > 1 else []),
        f"labels to {first.level:g}",
        f"fit s at {sizes[-1]}",
        "predict s",
    ]


def cells(curve: Curve) -> list[str]:
    """Return one curve's row."""
    last = curve.points[-1]
    return [
        curve.predictor,
        *(_mean(point.mean) for point in curve.points),
        *([_mean(curve.area)] if len(curve.points) > 1 else []),
        _needed(curve.needed),
        "" if last.fit_s is None else f"{last.fit_s:.3f}",
        "" if last.predict_s is None else f"{last.predict_s:.3f}",
    ]


def facts(fitted: Fitted) -> str:
    """Say on what the numbers rest."""
    pool, experiment = fitted.pool, fitted.experiment
    sizes = {len(draw.evaluation) for draw in fitted.draws}
    (evaluated,) = sizes
    which = (
        f"on the {evaluated} architectures outside the largest draw of each repeat"
        if experiment.evaluate_on is None
        else f"on {evaluated} architectures that are the same in all repeats and never labelled"
    )
    scores = pool.subjects.scores.proxies
    zero_cost = f"; zero-cost scores: {', '.join(scores)}" if scores else ""
    truth = pool.truth
    left_out = f", {truth.without_value} more without a value" if truth.without_value else ""
    return (
        f"{truth.task}: {truth.dataset} {truth.split} {truth.metric}, {pool.n} architectures"
        f"{left_out} (digest {pool.digest}, truth {truth.digest[:16]}); {experiment.repeats} "
        f"nested labelled draws with seed {experiment.seed}, evaluated {which}; "
        f"brackets hold 95% intervals of the mean over draws{zero_cost}"
    )


def markdown(fitted: Fitted, curves: Sequence[Curve]) -> str:
    """Return a page with one table a metric."""
    parts = [f"# Predictors on {fitted.pool.truth.task}", f"{facts(fitted)}."]
    for metric in dict.fromkeys(one.metric for one in curves):
        chosen = [one for one in curves if one.metric == metric]
        titles = heads(chosen)
        parts += [f"## {metric}", pipe_table(titles, [cells(one) for one in chosen])]
    return "\n\n".join(parts) + "\n"


def rows(
    fitted: Fitted, curves: Sequence[Curve], beside: Mapping[str, str] | None = None
) -> list[dict[str, Cell]]:
    """Return one row a predictor, metric and number of labels, unrounded.

    Args:
        fitted: All fits.
        curves: Of the predictors that were fitted, and of proxies beside them.
        beside: Name to key of those that were not fitted.
    """
    keys = {
        name: row[0].predictor for name, sizes in fitted.records.items() for row in sizes.values()
    } | dict(beside or {})
    return [
        _row(fitted, curve, index, keys[curve.predictor])
        for curve in curves
        for index in range(len(curve.points))
    ]


def _row(fitted: Fitted, curve: Curve, index: int, key: str) -> dict[str, Cell]:
    point = curve.points[index]
    defined = [one.value for one in point.repeats if isinstance(one, Defined)]
    return {
        "task": fitted.pool.truth.task,
        "truth": fitted.pool.truth.digest,
        "population_digest": fitted.pool.digest,
        "predictor": curve.predictor,
        "key": key,
        "metric": curve.metric,
        "labels": point.labels,
        "repeats": len(point.repeats),
        "undefined": len(point.repeats) - len(defined),
        "reason": next((one.reason for one in point.repeats if isinstance(one, Undefined)), ""),
        "evaluated": len(fitted.draws[0].evaluation),
        "draws": " ".join(one.digest(point.labels) for one in fitted.draws),
        **_numbers("mean", point.mean),
        "lowest": min(defined, default=None),
        "highest": max(defined, default=None),
        **_numbers("area", curve.area),
        f"labels_to_{curve.level:g}": _needed(curve.needed),
        "fit_seconds": point.fit_s,
        "predict_seconds": point.predict_s,
    }


def _numbers(name: str, mean: Estimate) -> dict[str, Cell]:
    interval = mean.interval
    return {
        name: mean.value.value if isinstance(mean.value, Defined) else None,
        f"{name}_low": interval.low if isinstance(interval, Interval) else None,
        f"{name}_high": interval.high if isinstance(interval, Interval) else None,
    }


def _mean(mean: Estimate) -> str:
    match mean.value:
        case Undefined():
            return shortened(f"undefined: {mean.value.reason}")
        case Defined():
            value = f"{mean.value.value:.3f}"
            if isinstance(mean.interval, Undefined):
                return value
            return f"{value} [{mean.interval.low:.3f}, {mean.interval.high:.3f}]"
        case _:
            assert_never(mean.value)


def _needed(needed: Needed) -> str:
    match needed:
        case Reached():
            return f"{needed.labels:.0f}"
        case AlreadyReached():
            return f"at most {needed.labels}"
        case NotReached():
            return f"more than {needed.labels}"
        case Undefined():
            return f"undefined: {needed.reason}"
        case _:
            assert_never(needed)
