"""Places of the complete entries of a board, with intervals over the paired resamples."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from harness.evaluation.leaderboard import Entry, Measured, Placement
from harness.metrics.metric import Metric
from harness.metrics.places import place_interval, places
from harness.metrics.replicates import Replicates
from harness.metrics.values import Defined, FloatArray

__all__ = ["merit", "placements", "takes_part"]


def takes_part(entry: Entry, headline: str) -> bool:
    """Say whether an entry can be placed: it scored everything and the headline has a value."""
    whole = entry.scored == entry.drawn
    return whole and isinstance(entry.measured[headline].value, Defined)


def merit(metric: Metric, measured: Measured) -> float:
    """Return a metric's value turned so that higher is better; minus infinity without a value."""
    match measured.value:
        case Defined(value=value):
            return metric.direction.orient(value)
        case _:
            return -np.inf


def placements(
    metric: Metric, replicates: Mapping[str, Replicates], values: Mapping[str, float], level: float
) -> dict[str, Placement]:
    """Place the complete entries of one board.

    Args:
        metric: The headline metric.
        replicates: Plugin to its bootstrap distribution, all over the same resamples. A resample on
            which a plugin has no value places it after all that have one.
        values: Plugin to its value, higher is better, for the same plugins.
        level: Level of the intervals.
    """
    if not replicates:
        return {}
    found = places(np.array([values[name] for name in replicates]))
    replicated = places(np.stack([_merits(metric, one) for one in replicates.values()], axis=1))
    return {
        name: Placement(
            place=float(found[column]), interval=place_interval(replicated[:, column], level)
        )
        for column, name in enumerate(replicates)
    }


def _merits(metric: Metric, replicates: Replicates) -> FloatArray:
    result = np.full(len(replicates), -np.inf)
    result[replicates.defined] = metric.direction.orient(replicates.values)
    return result
