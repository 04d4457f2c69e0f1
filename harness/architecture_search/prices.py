"""What the training of each architecture costs: the time that it took, or a model of it.

Where the times of trainings were measured, a training costs its hours. A *disturbed* run, during
which the machine did something else, says nothing of its network, nor does a run without a time:
what it costs is what the model says, scaled to the other times, or without a model their median.
They stay in the table, and a search may find them.

Elsewhere time is taken to be proportional to a figure, FLOPs as a rule, and is counted in average
trainings of the table: one that needs twice the mean FLOPs costs 2. How good that model would have
been is said wherever there are times.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from harness.core.errors import UsageError
from harness.metrics import Sample, Value, find_metric, measure
from harness.metrics.values import BoolArray, FloatArray

__all__ = ["HOURS", "TRAININGS", "USUAL_MODELS", "Figure", "Measured", "Prices", "TimeModel"]

HOURS = "hours"
TRAININGS = "average trainings"
USUAL_MODELS = ("flops", "macs", "layer_parameters", "params", "parameters")
"""Figures that the time of a training is taken to be proportional to, the first that is known.

Every parameter of a layer of a language model is multiplied once for each token.
"""

_SECONDS = 3600.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Figure:
    """A number of every architecture of a problem.

    Attributes:
        name: What it is called.
        values: Shape ``(n,)``, as they are written; NaN where there is none.
    """

    name: str
    values: FloatArray


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeModel:
    """How well a figure tells measured times, on the trainings that were not disturbed.

    Attributes:
        name: Name of the figure.
        n: Number of these trainings.
        rank_correlation: Spearman's, of figure and time.
        median_error: Median of the differences between the time and the figure, scaled to the same
            total, as shares of the time.
    """

    name: str
    n: int
    rank_correlation: Value
    median_error: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Measured:
    """What was measured, and what was not.

    Attributes:
        hours: Shape ``(n,)``, as they were measured; NaN where they were not.
        disturbed: Shape ``(n,)``: which runs were.
        model: How good the model would have been; None where there is no figure for it.
    """

    hours: FloatArray
    disturbed: BoolArray
    model: TimeModel | None

    @property
    def lacking(self) -> int:
        """Number of trainings without a time."""
        return int(np.isnan(self.hours).sum())


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Prices:
    """Prices of all architectures of a problem.

    Attributes:
        name: The task with their times, or the figure that they are proportional to.
        values: Shape ``(n,)``, positive, in `unit`.
        measured: What was measured; None where the prices are a model's.
    """

    name: str
    values: FloatArray
    measured: Measured | None = None

    @property
    def unit(self) -> str:
        """Hours, or average trainings, whose mean is 1."""
        return TRAININGS if self.measured is None else HOURS

    @classmethod
    def modelled(cls, figure: Figure) -> Prices:
        """Take times to be proportional to a figure.

        Raises:
            UsageError: An architecture has none, or one that is not positive.
        """
        wrong = int((~_positive(figure.values)).sum())
        if wrong:
            raise UsageError(
                f"{figure.name} has no positive value for {wrong} of {figure.values.size} "
                "architectures, so it cannot be the time of their trainings; name another figure "
                "with --time, such as flops or params, or none"
            )
        return cls(name=figure.name, values=figure.values / figure.values.mean())

    @classmethod
    def of_times(cls, times: Figure, disturbed_above: float | None, model: Figure | None) -> Prices:
        """Take measured times.

        Args:
            times: Seconds of every training.
            disturbed_above: Runs that took longer were disturbed; None where none were.
            model: What their time is taken from, and is compared with that of all others.

        Raises:
            UsageError: No training has a time, or none was undisturbed.
        """
        seconds = times.values
        known = _positive(seconds)
        disturbed = known & (seconds > (np.inf if disturbed_above is None else disturbed_above))
        usable = known & ~disturbed
        if not usable.any():
            raise UsageError(
                f"{times.name} has no time of an undisturbed training for any of "
                f"{seconds.size} architectures; name another task with --time, or none"
            )
        if model is not None and not _positive(model.values).all():
            model = None
        stand_in = np.full(seconds.size, np.median(seconds[usable]))
        if model is not None:
            stand_in = model.values * (seconds[usable].sum() / model.values[usable].sum())
        measured = Measured(
            hours=np.where(known, seconds, np.nan) / _SECONDS,
            disturbed=disturbed,
            model=None if model is None else _judge(model, stand_in[usable], seconds[usable]),
        )
        values = np.where(usable, seconds, stand_in) / _SECONDS
        return cls(name=times.name, values=values, measured=measured)


def _judge(model: Figure, scaled: FloatArray, seconds: FloatArray) -> TimeModel:
    return TimeModel(
        name=model.name,
        n=seconds.size,
        rank_correlation=measure(find_metric("spearman"), Sample(scores=scaled, truth=seconds)),
        median_error=float(np.median(np.abs(scaled - seconds) / seconds)),
    )


def _positive(values: FloatArray) -> BoolArray:
    positive: BoolArray = np.isfinite(values) & (values > 0)
    return positive
