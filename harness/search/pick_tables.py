"""Picks of label-free searches as rows, for the terminal, CSV and JSON."""

from __future__ import annotations

from harness.metrics.values import Undefined
from harness.search.pick import Pick, Place

__all__ = ["HEADS", "Cell", "pick_cells", "pick_row"]

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
        f"{pick.score:.3f}",
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


def _value(place: Place) -> str:
    return f"{place.value:.2f}"


def _rank(place: Place) -> str:
    return f"{place.rank} of {place.of}"
