"""The lines of a critical-difference diagram, in ranks across and levels down."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from harness.evaluation.leaderboard import Friedman, MeanRank, OverallRanking

__all__ = ["Mark", "draw_diagram"]

_STEP = 0.5  # from one bar of a group to the next
_MARGIN = 0.3  # in ranks, from the last plugin of a side to its name


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A line from one end to the other, or a text at the first end.

    Attributes:
        part: What it shows: ``"left"`` and ``"right"`` are names, ``"group"`` a bar over plugins
            that do not differ, ``"difference"`` the critical difference.
        x: Mean rank of the first end.
        y: Level of the first end, growing downwards.
        x2: Mean rank of the other end.
        y2: Level of the other end.
        text: Text, empty for a line.
    """

    part: Literal["line", "left", "right", "group", "difference"]
    x: float
    y: float
    x2: float
    y2: float
    text: str = ""


def draw_diagram(standings: OverallRanking, friedman: Friedman) -> tuple[Mark, ...]:
    """Draw the mean ranks, best at the left, with the groups that tests cannot tell apart."""
    ranks = {row.plugin: row.mean_rank for row in standings.table}
    first_name = 1 + _STEP * len(standings.groups)
    half = (len(standings.table) + 1) // 2
    better, worse = standings.table[:half], standings.table[half:]
    return (
        *_difference(friedman, len(ranks), first_name + half + 0.5),
        *_groups(standings.groups, ranks),
        *_names("left", better, 1 - _MARGIN, first_name),
        *_names("right", worse[::-1], len(ranks) + _MARGIN, first_name),
    )


def _difference(friedman: Friedman, plugins: int, level: float) -> list[Mark]:
    width = min(friedman.critical_difference, plugins - 1)  # never past the end of the axis
    text = f"critical difference {friedman.critical_difference:.2f}"
    return [Mark(part="difference", x=1, y=level, x2=1 + width, y2=level, text=text)]


def _groups(groups: Sequence[Sequence[str]], ranks: Mapping[str, float]) -> list[Mark]:
    marks = []
    for position, group in enumerate(groups):
        ends = [ranks[name] for name in group]
        level = _STEP * (position + 1)
        marks.append(Mark(part="group", x=min(ends), y=level, x2=max(ends), y2=level))
    return marks


def _names(
    side: Literal["left", "right"], table: Sequence[MeanRank], edge: float, first: float
) -> list[Mark]:
    marks = []
    for position, row in enumerate(table):
        rank, level = row.mean_rank, first + position
        text = f"{row.plugin} {rank:.2f}"
        marks += [
            Mark(part="line", x=rank, y=0, x2=rank, y2=level),
            Mark(part="line", x=rank, y=level, x2=edge, y2=level),
            Mark(part=side, x=edge, y=level, x2=edge, y2=level, text=text),
        ]
    return marks
