"""Picks of searches without labels as rows, for the terminal, CSV and JSON."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

from harness.architecture_search.pick import Pick, Place
from harness.learning.heat_map import written
from harness.metrics.intervals import estimate_mean
from harness.metrics.metric import UNBOUNDED
from harness.metrics.values import Defined, Undefined

__all__ = ["HEADS", "Cell", "pick_cells", "pick_means", "pick_row"]

Cell = str | int | float | None

HEADS = ("algorithm", "guide", "seed", "architecture", "score", "value", "rank", "scored", "s")
"""Column heads of the table."""


def pick_cells(pick: Pick, place: Place | Undefined) -> list[str]:
    """Return one row of the table."""
    value, rank = (
        (place.reason, "") if isinstance(place, Undefined) else (_value(place), _rank(place))
    )
    return [
        pick.searcher,
        pick.guide,
        str(pick.seed),
        pick.architecture.text,
        f"{pick.score:.6g}",
        value,
        rank,
        str(pick.scored),
        f"{pick.seconds:.2f}",
    ]


def pick_row(pick: Pick, place: Place | Undefined) -> dict[str, Cell]:
    """Return one row without rounding."""
    placed = place if isinstance(place, Place) else None
    return {
        "algorithm": pick.searcher,
        "guide": pick.guide,
        "seed": pick.seed,
        "architecture": pick.architecture.text,
        "score": pick.score,
        "value": placed.value if placed else None,
        "rank": placed.rank if placed else None,
        "of": placed.of if placed else None,
        "scored": pick.scored,
        "seconds": pick.seconds,
    }


def pick_means(picks: Sequence[tuple[Pick, Place | Undefined]]) -> list[str]:
    """Say what several searches of one algorithm and one proxy came to, a line each."""
    groups: dict[tuple[str, str], list[Place | Undefined]] = {}
    for pick, place in picks:
        groups.setdefault((pick.searcher, pick.guide), []).append(place)
    return [
        f"{searcher} by {guide}: {_mean(places)}, over {len(places)} searches"
        for (searcher, guide), places in groups.items()
        if len(places) > 1
    ]


def _mean(places: Sequence[Place | Undefined]) -> str:
    found = [one for one in places if isinstance(one, Place)]
    if len(found) < len(places):
        return f"{len(places) - len(found)} not in the table"
    mean = estimate_mean([Defined(value=one.value) for one in found], UNBOUNDED)
    return f"mean {written(mean)}, median rank {median(one.rank for one in found):g}"


def _value(place: Place) -> str:
    return f"{place.value:.2f}"


def _rank(place: Place) -> str:
    return f"{place.rank} of {place.of}"
