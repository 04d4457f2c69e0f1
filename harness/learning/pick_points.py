"""Picks of predictors after so many labels, and how sure the predictors were."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from harness.learning.fitting import Fitted
from harness.learning.picks import Calibration, Pick, calibration_of, pick_of
from harness.metrics import Defined, Estimate, Range, estimate_mean
from harness.plugins.preparation import normal_scores
from harness.predictor import Predictions
from harness.records.fit import FitFailed, FitRecord

__all__ = ["PickPoint", "pick_point", "pick_points"]

_SHARE = Range(low=0.0, high=1.0)
_LOSS = Range(low=0.0, high=np.inf)


@dataclass(frozen=True, slots=True, kw_only=True)
class PickPoint:
    """What a predictor's highest prediction is worth at one number of labels, over draws.

    Attributes:
        predictor: Name of the predictor, or of a proxy.
        labels: Number of labels.
        above: Share of the task's architectures that are better than the pick.
        regret: How much better the best of what was predicted is, in the unit of the task.
        calibration: Mean over the draws whose fit says how sure it is; None where none does.
        calibrated: Number of these draws.
    """

    predictor: str
    labels: int
    above: Estimate
    regret: Estimate
    calibration: Calibration | None
    calibrated: int


def pick_points(fitted: Fitted) -> tuple[PickPoint, ...]:
    """Measure the pick of every predictor at every number of labels.

    Where a fit failed any architecture is picked.
    """
    return tuple(
        _point(fitted, name, size, records)
        for name, by_size in fitted.records.items()
        for size, records in by_size.items()
    )


def pick_point(
    predictor: str,
    labels: int,
    picks: Sequence[Pick],
    calibrations: Sequence[Calibration | None] = (),
) -> PickPoint:
    """Summarise the picks of all draws, at least one."""
    known = [each for each in calibrations if each is not None]
    return PickPoint(
        predictor=predictor,
        labels=labels,
        above=estimate_mean([Defined(value=pick.above) for pick in picks], _SHARE),
        regret=estimate_mean([Defined(value=pick.regret) for pick in picks], _LOSS),
        calibration=Calibration.mean(known) if known else None,
        calibrated=len(known),
    )


def _point(fitted: Fitted, name: str, size: int, records: Sequence[FitRecord]) -> PickPoint:
    truth = fitted.pool.labels
    targets = truth if name in fitted.in_unit else normal_scores(truth)
    picks, calibrations = [], []
    for record, draw in zip(records, fitted.draws, strict=True):
        evaluated, result = draw.evaluation, record.result
        if isinstance(result, FitFailed):
            picks.append(pick_of(truth, evaluated, np.zeros(len(evaluated))))
            continue
        own = Predictions(values=result.values, deviations=result.deviations)
        picks.append(pick_of(truth, evaluated, own.values))
        calibrations.append(calibration_of(targets[evaluated], own))
    return pick_point(name, size, picks, calibrations)
