"""Pictures of a site, as coordinates: intervals by space, and quality against cost."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from harness.metrics.fronts import front_of
from harness.metrics.values import BoolArray, Estimate, Interval
from harness.reports.page.table import milliseconds
from harness.reports.site.records import defined

__all__ = ["IntervalPlot", "ScatterPlot", "draw_intervals", "draw_scatter"]

_WIDTH = 720
_LABELS = 230  # for names of tasks at the left
_LINE = 26
_TOP = 30
_HEIGHT = 360
_MARGIN = 46
_TICKS = 5
_LETTER, _LETTER_HEIGHT = 7, 13


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """A number on an axis."""

    at: float
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IntervalMark:
    """A value with its interval, as places on the axis."""

    low: float
    value: float
    high: float
    series: int


@dataclass(frozen=True, slots=True, kw_only=True)
class IntervalLine:
    """A line of marks."""

    label: str
    y: float
    marks: tuple[IntervalMark, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class IntervalPlot:
    """Values with intervals on an axis from -1 to 1, a line a label.

    Attributes:
        key: Identifier on the page.
        series: What the marks of each colour are.
    """

    key: str
    title: str
    width: int
    height: float
    left: float
    ticks: tuple[Tick, ...]
    lines: tuple[IntervalLine, ...]
    series: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """A method; one that no other beats in both is labelled."""

    name: str
    x: float
    y: float
    label_y: float
    leads: bool
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ScatterPlot:
    """Quality against milliseconds a network, on a logarithmic axis."""

    key: str
    title: str
    width: int
    height: int
    left: float
    bottom: float
    x_ticks: tuple[Tick, ...]
    y_ticks: tuple[Tick, ...]
    y_label: str
    points: tuple[Point, ...]

    @property
    def leaders(self) -> tuple[Point, ...]:
        """The labelled ones, cheapest first."""
        return tuple(point for point in self.points if point.leads)


def draw_intervals(
    key: str, title: str, rows: Iterable[tuple[str, Sequence[Estimate]]], series: Sequence[str]
) -> IntervalPlot:
    """Draw correlations.

    Args:
        key: Identifier on the page.
        title: What is drawn.
        rows: Labels with an estimate for each of the series; undefined ones are left out.
        series: Names of the series.
    """
    axis = _Axis(marks=(-1.0, -0.5, 0.0, 0.5, 1.0), start=_LABELS, end=_WIDTH - _MARGIN / 2)
    lines = []
    for number, (label, estimates) in enumerate(rows):
        marks = []
        for position, estimate in enumerate(estimates):
            value = defined(estimate)
            if value is not None:
                own = estimate.interval
                low, high = (own.low, own.high) if isinstance(own, Interval) else (value, value)
                marks.append(
                    IntervalMark(
                        low=axis.at(low),
                        value=axis.at(value),
                        high=axis.at(high),
                        series=position,
                    )
                )
        y = _TOP + _LINE * (number + 0.5)
        lines.append(IntervalLine(label=label, y=y, marks=tuple(marks)))
    return IntervalPlot(
        key=key,
        title=title,
        width=_WIDTH,
        height=_TOP + _LINE * len(lines) + 8,
        left=_LABELS,
        ticks=axis.ticks("{:g}".format),
        lines=tuple(lines),
        series=tuple(series),
    )


def draw_scatter(
    key: str,
    title: str,
    methods: Iterable[tuple[str, float | None, float | None]],
    y_label: str,
    *,
    lower_is_better: bool = False,
) -> ScatterPlot | None:
    """Draw methods by cost and quality; None where fewer than two have both.

    Args:
        key: Identifier on the page.
        title: What is drawn.
        methods: Names with seconds and quality.
        y_label: What quality is.
        lower_is_better: Of the quality, which is then drawn upside down.
    """
    known = [
        (name, seconds, quality)
        for name, seconds, quality in methods
        if seconds and quality is not None
    ]
    if len(known) < 2:
        return None
    sign = -1.0 if lower_is_better else 1.0
    costs = np.log10([1000 * seconds for _, seconds, _ in known])
    goods = sign * np.array([quality for _, _, quality in known])
    powers = range(math.floor(costs.min()), math.ceil(costs.max()) + 1)
    across = _Axis(marks=tuple(map(float, powers)), start=_MARGIN + 10, end=_WIDTH - 90)
    up = _Axis(
        marks=_round_numbers(float(goods.min()), float(goods.max())),
        start=_HEIGHT - _MARGIN,
        end=14,
    )
    leads = front_of(np.column_stack([-costs, goods]))
    return ScatterPlot(
        key=key,
        title=title,
        width=_WIDTH,
        height=_HEIGHT,
        left=across.start,
        bottom=up.start,
        x_ticks=across.ticks(lambda power: f"{10.0**power:g} ms"),
        y_ticks=up.ticks(lambda mark: f"{sign * mark:g}"),
        y_label=y_label,
        points=_points(known, [*map(across.at, costs)], [*map(up.at, goods)], leads),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Axis:
    """An axis from its first mark to its last, as places in the picture."""

    marks: tuple[float, ...]
    start: float
    end: float

    def at(self, value: float) -> float:
        low, high = self.marks[0], self.marks[-1]
        share = (value - low) / (high - low) if high > low else 0.0
        return round(self.start + share * (self.end - self.start), 1)

    def ticks(self, written: Callable[[float], str]) -> tuple[Tick, ...]:
        return tuple(Tick(at=self.at(mark), text=written(mark)) for mark in self.marks)


def _points(
    known: Sequence[tuple[str, float, float]],
    xs: Sequence[float],
    ys: Sequence[float],
    leads: BoolArray,
) -> tuple[Point, ...]:
    """Return the points, labels of those that lead moved down where they would overlap."""
    points: list[Point] = []
    last: Point | None = None
    for number in np.argsort(xs, kind="stable").tolist():
        name, seconds, quality = known[number]
        x, y = xs[number], ys[number]
        label_y = y + 4
        if leads[number] and last is not None and x - last.x < 10 + _LETTER * len(last.name):
            near = abs(label_y - last.label_y) < _LETTER_HEIGHT
            label_y = last.label_y + _LETTER_HEIGHT if near else label_y
        point = Point(
            name=name,
            x=x,
            y=y,
            label_y=label_y,
            leads=bool(leads[number]),
            text=f"{name}: {quality:.3g}, {milliseconds(1000 * seconds)} ms",
        )
        last = point if point.leads else last
        points.append(point)
    return tuple(points)


def _round_numbers(low: float, high: float) -> tuple[float, ...]:
    """Return about five round numbers that enclose a range."""
    width = (high - low) / _TICKS or 1.0
    power = 10.0 ** math.floor(math.log10(width))
    step = next(power * factor for factor in (1, 2, 5, 10) if power * factor >= width)
    first, last = math.floor(low / step), math.ceil(high / step)
    return tuple(round(step * number, 10) for number in range(first, max(last, first + 1) + 1))
