"""What the network with the highest prediction is worth, and how sure a predictor was of all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from harness.core.aggregation import average_ranks
from harness.metrics import Defined, Sample, find_metric, measure
from harness.metrics.calibration import crps, crps_of_all, expected_share_above, share_inside
from harness.metrics.values import FloatArray, IntArray
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
        crps: Mean continuous ranked probability score, as a share of that of who gives every
            network the distribution of all: 0 is right and certain, 1 knows nothing.
        expected_above: Share of what was predicted that the predictor expects above its pick.
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


def pick_of(truth: FloatArray, evaluated: IntArray, predicted: FloatArray) -> Pick:
    """Measure the highest prediction.

    Args:
        truth: Of the whole table, shape ``(n,)``, higher is better.
        evaluated: Indices of what was predicted, shape ``(m,)``.
        predicted: Shape ``(m,)``, higher is better.
    """
    own = truth[evaluated]
    regret = measure(find_metric("regret@1"), Sample(scores=predicted, truth=own))
    lost = regret.value if isinstance(regret, Defined) else 0.0
    below = (average_ranks(truth) - 0.5)[evaluated] / len(truth)
    return Pick(
        regret=lost,
        of_range=lost / (float(np.ptp(own)) or 1.0),
        above=float((1 - below[predicted == predicted.max()]).mean()),
    )


def calibration_of(truth: FloatArray, predictions: Predictions) -> Calibration | None:
    """Hold predictions against the truth; None without deviations.

    Args:
        truth: Of what was predicted, shape ``(n,)``, in the unit of the predictions.
        predictions: Shape ``(n,)``.
    """
    means, deviations = predictions.values, predictions.deviations
    if deviations is None:
        return None
    return Calibration(
        inside=tuple(share_inside(means, deviations, truth, level) for level in LEVELS),
        crps=crps(means, deviations, truth) / (crps_of_all(truth) or 1.0),
        expected_above=expected_share_above(means, deviations),
    )
