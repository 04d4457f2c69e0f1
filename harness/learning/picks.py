"""What the network with the highest prediction is worth, and how sure a predictor was of all.

Predictions are quantiles of a standard normal distribution: of the rank of a network in its table,
as docs/leave-one-space-out.md defines them. So what share of the table a predictor expects above
its pick can be said without a label.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from harness.metrics import Defined, Sample, find_metric, measure
from harness.metrics.calibration import crps, expected_share_above, share_inside
from harness.metrics.scored_table import ScoredTable
from harness.metrics.values import BoolArray, FloatArray, IntArray
from harness.plugins.preparation import normal_scores
from harness.predictor import Predictions

__all__ = ["LEVELS", "Calibration", "Pick", "calibration_of", "pick_of"]

LEVELS = (0.5, 0.8, 0.95)
"""Of the intervals whose share of truth is counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pick:
    """What the network with the highest prediction is worth; of equal ones their mean.

    Attributes:
        regret: How much better the best network that was predicted is, in the unit of the truth.
        of_range: The same as a share of the range of the truth of what was predicted.
        above: Share of the table that is better, half of the pick itself included.
    """

    regret: float
    of_range: float
    above: float

    @classmethod
    def mean(cls, picks: Sequence[Pick]) -> Pick:
        """Return the mean of at least one."""
        return cls(
            regret=float(np.mean([pick.regret for pick in picks])),
            of_range=float(np.mean([pick.of_range for pick in picks])),
            above=float(np.mean([pick.above for pick in picks])),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """How sure a predictor was, and how sure it could be.

    Attributes:
        inside: Share of the truth inside the central intervals of each of `LEVELS`.
        crps: Mean continuous ranked probability score, in normal quantiles; 1 / sqrt(pi), .564, of
            the distribution of all networks, which knows nothing of any.
        expected_above: Share of the table that the predictor expects above its pick.
    """

    inside: tuple[float, ...]
    crps: float
    expected_above: float

    @classmethod
    def mean(cls, calibrations: Sequence[Calibration]) -> Calibration:
        """Return the mean of at least one."""
        return cls(
            inside=tuple(np.mean([each.inside for each in calibrations], axis=0).tolist()),
            crps=float(np.mean([each.crps for each in calibrations])),
            expected_above=float(np.mean([each.expected_above for each in calibrations])),
        )


def pick_of(table: ScoredTable, evaluated: IntArray, predicted: FloatArray) -> Pick:
    """Measure the highest prediction.

    Args:
        table: The judged table.
        evaluated: Rows of it that were predicted, shape ``(n,)``.
        predicted: Shape ``(n,)``, higher is better.
    """
    truth = table.truth[evaluated]
    regret = measure(find_metric("regret@1"), Sample(scores=predicted, truth=truth))
    lost = regret.value if isinstance(regret, Defined) else 0.0
    quantiles = normal_scores(table.truth)[evaluated]
    above = expected_share_above(quantiles, np.zeros(len(quantiles)))
    return Pick(
        regret=lost,
        of_range=lost / (float(np.ptp(truth)) or 1.0),
        above=float(above[_highest(predicted)].mean()),
    )


def calibration_of(
    table: ScoredTable, evaluated: IntArray, predictions: Predictions
) -> Calibration | None:
    """Hold predictions of some rows of a table against the truth; None without deviations."""
    means, deviations = predictions.values, predictions.deviations
    if deviations is None:
        return None
    truth = normal_scores(table.truth)[evaluated]
    above = expected_share_above(means, deviations)
    return Calibration(
        inside=tuple(share_inside(means, deviations, truth, level) for level in LEVELS),
        crps=crps(means, deviations, truth),
        expected_above=float(above[_highest(means)].mean()),
    )


def _highest(predicted: FloatArray) -> BoolArray:
    highest: BoolArray = predicted == predicted.max()
    return highest
