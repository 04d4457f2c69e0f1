"""Pages of curves: each section has pictures of one quantity against another, and their table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from harness.core.identity import Json
from harness.metrics import Interval, Undefined
from harness.reports.page.objectives import FrontPicture
from harness.reports.page.shell import render, specification

__all__ = ["Picture", "Section", "chart_point", "curves_document"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """Curves of several methods.

    Attributes:
        title: Above the picture.
        across: What the horizontal axis counts, on a logarithmic scale.
        finding: What is to be seen, in a sentence for those who do not see it.
        rows: Made by `chart_point`.
        scale: Of the vertical axis: linear, or ``"sqrt"`` where values fall towards 0.
    """

    title: str
    across: str
    finding: str
    rows: Sequence[Json]
    scale: str = "linear"

    @property
    def chart(self) -> Json:
        """The specification."""
        chart = cast("dict[str, dict[str, dict[str, Json]]]", specification("curves"))
        chart["encoding"]["x"]["title"] = f"{self.across} (log scale)"
        chart["encoding"]["y"]["scale"] = {"type": self.scale, "zero": False}
        return cast("Json", chart)


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A heading, pictures, and a table that says the same in numbers.

    Attributes:
        bars: What the bars of the pictures are.
        headings: How many of the first columns name the row.
    """

    title: str
    lead: str
    pictures: Sequence[Picture | FrontPicture]
    bars: str
    caption: str
    heads: Sequence[str]
    cells: Sequence[Sequence[str]]
    headings: int = 1


def chart_point(
    series: str, across: float, value: float, interval: Interval | Undefined, unit: str
) -> dict[str, Json]:
    """Return one point of a curve.

    Args:
        series: Name of the curve.
        across: Where it stands.
        value: How high it is.
        interval: Of the value.
        unit: Name of what `across` counts.
    """
    return {
        "series": series,
        "across": across,
        "unit": unit,
        "value": value,
        "low": interval.low if isinstance(interval, Interval) else None,
        "high": interval.high if isinstance(interval, Interval) else None,
    }


def curves_document(title: str, sections: Sequence[Section]) -> str:
    """Return a page of curves as HTML.

    Args:
        title: Of the page.
        sections: Those with pictures without a point keep their table alone.
    """
    charts: dict[str, Json] = {}
    rows: dict[str, Json] = {}
    shown = []
    for section in sections:
        drawn = []
        for picture in section.pictures:
            if not picture.rows:
                continue
            key = f"curve-{len(rows)}"
            charts[key] = picture.chart
            rows[key] = list(picture.rows)
            drawn.append((key, picture))
        shown.append((section, drawn))
    data: Json = {"charts": charts, "rows": rows, "cohorts": [], "scatters": {}}
    return render("curves.html", data, {}, heading=title, sections=shown)
