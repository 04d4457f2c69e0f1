"""Which points of a Pareto front get their name beside them, so that no two names overlap."""

from __future__ import annotations

import math
from collections.abc import Mapping

from harness.reports.page.front import Front, Priced

__all__ = ["labelled"]

_APART = (0.25, 0.07)  # across and down, as shares of the chart: about the size of a name


def labelled(front: Front) -> Mapping[str, str]:
    """Return the plugins of the front that are named, with the side that their text ends at.

    Better ones go first; a name that would lie on an earlier one is left to the caption. Names in
    the left third begin at their point, so that they do not leave the chart.
    """
    placed: list[tuple[float, float]] = []
    found = {}
    for one in sorted(front.leaders, key=lambda one: -one.value):
        across, down = _position(front, one)
        if all(abs(across - x) > _APART[0] or abs(down - y) > _APART[1] for x, y in placed):
            placed.append((across, down))
            found[one.plugin] = "left" if across < 1 / 3 else "right"
    return found


def _position(front: Front, one: Priced) -> tuple[float, float]:
    seconds = [math.log(entry.seconds) for entry in front.entries]
    values = [end for entry in front.entries for end in _ends(entry)]
    return (
        _share(math.log(one.seconds), min(seconds), max(seconds)),
        _share(one.value, min(values), max(values)),
    )


def _ends(entry: Priced) -> tuple[float, float]:
    interval = entry.interval
    return (entry.value, entry.value) if interval is None else (interval.low, interval.high)


def _share(value: float, low: float, high: float) -> float:
    return (value - low) / (high - low) if high > low else 0.5
