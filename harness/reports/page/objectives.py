"""The picture of a Pareto front: the best value for what it costs, of a table and of searches."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias, cast

import numpy as np

from harness.architecture_search import Objective, Objectives
from harness.core.direction import Direction
from harness.core.identity import Json, derived_seed, digest_lines
from harness.metrics.fronts import front_of
from harness.metrics.values import IntArray
from harness.reports.page.points import LIMIT, short
from harness.reports.page.shell import specification

__all__ = ["FrontPicture", "front_rows", "rows_near", "table_rows"]

_MARGIN = 0.15  # of the extent of the fronts


Row: TypeAlias = Mapping[str, str | float]


@dataclass(frozen=True, slots=True, kw_only=True)
class FrontPicture:
    """Fronts of a table and of searches in it.

    Attributes:
        title: Above the picture.
        across: The objective on the horizontal axis.
        up: The one on the vertical axis.
        stairs: Whether the points of a front are joined; with a third objective they are no line.
        finding: What is to be seen, in a sentence for those who do not see it.
        rows: Made by `table_rows` and `front_rows`.
    """

    title: str
    across: Objective
    up: Objective
    stairs: bool
    finding: str
    rows: Sequence[Row]

    @property
    def chart(self) -> Json:
        """The specification."""
        chart = cast("dict[str, dict[str, dict[str, Json]]]", specification("objectives"))
        chart["encoding"]["x"]["title"] = str(self.across)
        chart["encoding"]["y"]["title"] = str(self.up)
        series = dict.fromkeys(row["series"] for row in self.rows if row["series"])
        for channel in ("color", "shape"):
            chart["encoding"][channel].setdefault("scale", {})
            cast("dict[str, Json]", chart["encoding"][channel]["scale"])["domain"] = [*series]
        layers = cast("list[dict[str, dict[str, Json]]]", chart["layer"])
        # Up to the next point across, the last one is what can be had.
        low = self.across.direction is Direction.LOWER
        layers[1]["mark"]["interpolate"] = "step-after" if low else "step-before"
        if not self.stairs:
            del layers[1]
        return cast("Json", chart)


def table_rows(objectives: Objectives, column: int, texts: Sequence[str]) -> list[Row]:
    """Return a row an architecture of the table, of many a draw."""
    n = len(texts)
    drawn = np.arange(n)
    if n > LIMIT:
        generator = np.random.default_rng(derived_seed(0, "page", digest_lines(texts)))
        drawn = np.sort(generator.permutation(n)[:LIMIT])
    return [_row(objectives, column, int(number), texts, "") for number in drawn]


def front_rows(
    objectives: Objectives,
    column: int,
    texts: Sequence[str],
    series: tuple[str, IntArray | None],
) -> list[Row]:
    """Return a row a point of the front of some architectures.

    Args:
        objectives: All objectives.
        column: Which of them is on the horizontal axis.
        texts: Texts of the architectures.
        series: What the front is called, and of which architectures it is; None for all.
    """
    name, numbers = series
    among = np.arange(len(texts)) if numbers is None else numbers
    values = objectives.values[among]
    leading = among[front_of(values)]
    _, first = np.unique(objectives.values[leading], axis=0, return_index=True)
    return [_row(objectives, column, int(number), texts, name) for number in leading[first]]


def rows_near(rows: Sequence[Row], fronts: Sequence[Row]) -> list[Row]:
    """Keep what lies where the fronts do: the rest would squeeze them into a corner."""
    kept = list(rows)
    for axis in ("across", "up"):
        values = [float(row[axis]) for row in fronts]
        margin = _MARGIN * (max(values) - min(values))
        low, high = min(values) - margin, max(values) + margin
        kept = [row for row in kept if low <= float(row[axis]) <= high]
    return kept


def _row(
    objectives: Objectives, column: int, number: int, texts: Sequence[str], series: str
) -> Row:
    across, up = objectives.names[column], objectives.names[0]
    values = objectives.values[number]
    return {
        "series": series,
        "architecture": texts[number],
        "across": short(across.direction.orient(float(values[column]))),
        "up": short(up.direction.orient(float(values[0]))),
    }
