"""Quality against cost: which plugins no other one beats on both, and how they are drawn."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

from harness.core.direction import Direction
from harness.core.identity import Json
from harness.evaluation import Board, Entry
from harness.metrics import Interval, Metric
from harness.metrics.values import Defined
from harness.reports.report_table import number

__all__ = ["Front", "Priced", "choose_labels", "find_fronts", "front_rows"]

_APART = (0.25, 0.07)  # across and down, as shares of the chart: about the size of a name


@dataclass(frozen=True, slots=True, kw_only=True)
class Priced:
    """A plugin's headline metric and what a network costs.

    Attributes:
        seconds: Median wall-clock time a network, above zero.
        value: Headline metric.
        interval: Its interval, absent where there is none.
        leads: Whether no other plugin is at least as good on both and better on one.
    """

    plugin: str
    seconds: float
    value: float
    interval: Interval | None
    leads: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Front:
    """The complete entries of one environment, cheapest first; other machines' times differ."""

    environment: str
    entries: tuple[Priced, ...]

    @property
    def leaders(self) -> tuple[Priced, ...]:
        """The Pareto front, cheapest first."""
        return tuple(entry for entry in self.entries if entry.leads)


def find_fronts(board: Board, headline: Metric) -> tuple[Front, ...]:
    """Return one front an environment; entries without a value or a measurable time are left out.

    Args:
        board: A task's entries.
        headline: The metric that stands for quality.
    """
    machines = sorted({entry.timing.environment for entry in board.entries if entry.timing})
    fronts = (_front(board, headline, machine) for machine in machines)
    return tuple(front for front in fronts if front.entries)


def front_rows(front: Front, ceiling: float | None) -> list[Json]:
    """Return one row an entry, for the chart."""
    sides = choose_labels(front)
    return [
        {
            "plugin": entry.plugin,
            "label": entry.plugin if entry.plugin in sides else "",
            "align": sides.get(entry.plugin, "right"),
            "ms": 1000 * entry.seconds,
            "value": entry.value,
            "low": entry.interval.low if entry.interval else None,
            "high": entry.interval.high if entry.interval else None,
            "leads": entry.leads,
            "text": number(entry.value),
            "ceiling": ceiling,
        }
        for entry in front.entries
    ]


def choose_labels(front: Front) -> Mapping[str, str]:
    """Return the plugins of the front that are named, with the side that their text ends at.

    Better ones go first; a name that would lie on an earlier one is left to the caption. Names in
    the left third begin at their point, so that they do not leave the chart.
    """
    placed: list[tuple[float, float]] = []
    sides = {}
    for entry in sorted(front.leaders, key=lambda entry: -entry.value):
        across, down = _position(front, entry)
        if all(abs(across - x) > _APART[0] or abs(down - y) > _APART[1] for x, y in placed):
            placed.append((across, down))
            sides[entry.plugin] = "left" if across < 1 / 3 else "right"
    return sides


def _front(board: Board, headline: Metric, environment: str) -> Front:
    direction = headline.direction
    known = [
        priced
        for entry in board.entries
        if entry.scored == entry.drawn
        and (priced := _priced(entry, headline.name, environment)) is not None
    ]
    entries = [
        replace(entry, leads=not any(_beats(other, entry, direction) for other in known))
        for entry in known
    ]
    ordered = sorted(
        entries, key=lambda entry: (entry.seconds, -direction.orient(entry.value), entry.plugin)
    )
    return Front(environment=environment, entries=tuple(ordered))


def _priced(entry: Entry, headline: str, environment: str) -> Priced | None:
    timing, measured = entry.timing, entry.measured[headline]
    if timing is None or timing.environment != environment or timing.quartiles_s[1] <= 0:
        return None
    if not isinstance(measured.value, Defined):
        return None
    return Priced(
        plugin=entry.plugin,
        seconds=timing.quartiles_s[1],
        value=measured.value.value,
        interval=measured.interval if isinstance(measured.interval, Interval) else None,
        leads=False,
    )


def _beats(first: Priced, second: Priced, direction: Direction) -> bool:
    gain = direction.orient(first.value - second.value)
    saving = second.seconds - first.seconds
    return gain >= 0 and saving >= 0 and (gain > 0 or saving > 0)


def _position(front: Front, entry: Priced) -> tuple[float, float]:
    seconds = [math.log(other.seconds) for other in front.entries]
    values = [end for other in front.entries for end in _ends(other)]
    return (
        _share(math.log(entry.seconds), min(seconds), max(seconds)),
        _share(entry.value, min(values), max(values)),
    )


def _ends(entry: Priced) -> tuple[float, float]:
    interval = entry.interval
    return (entry.value, entry.value) if interval is None else (interval.low, interval.high)


def _share(value: float, low: float, high: float) -> float:
    return (value - low) / (high - low) if high > low else 0.5
