"""The transfer matrix as rows, Markdown and a heat map."""

from __future__ import annotations

from collections.abc import Sequence

from harness.core.pipe_table import pipe_table, shortened
from harness.learning.tables import Cell as Entry
from harness.learning.transfer import Cell
from harness.metrics import Defined, Estimate, Interval, Undefined

__all__ = [
    "heat_map",
    "matrix_heads",
    "matrix_markdown",
    "matrix_rows",
    "matrix_table",
    "written",
]


def matrix_rows(cells: Sequence[Cell], predictor: str, metric: str) -> list[dict[str, Entry]]:
    """Return one row a pair and number of target labels, unrounded."""
    return [
        {
            "predictor": predictor,
            "metric": metric,
            "source": one.source,
            "target": one.target,
            "target_labels": one.labels,
            "evaluated": one.evaluated,
            **_numbers(one.mean),
            "reason": one.mean.value.reason if isinstance(one.mean.value, Undefined) else "",
        }
        for one in cells
    ]


def matrix_heads(cells: Sequence[Cell]) -> list[str]:
    """Return the column heads of the matrix: one column a target."""
    return ["source", "target labels", *dict.fromkeys(one.target for one in cells)]


def matrix_table(cells: Sequence[Cell]) -> list[list[str]]:
    """Return one row a source and number of target labels."""
    found: dict[tuple[str, int], list[str]] = {}
    for one in sorted(cells, key=lambda cell: cell.labels):
        row = found.setdefault((one.source, one.labels), [one.source, str(one.labels)])
        row.append(written(one.mean))
    return list(found.values())


def matrix_markdown(cells: Sequence[Cell], facts: str) -> str:
    """Return a page with the matrix."""
    table = pipe_table(matrix_heads(cells), matrix_table(cells))
    return f"# Transfer\n\n{facts}.\n\n{table}\n"


def heat_map(cells: Sequence[Cell], metric: str) -> str:
    """Return an SVG with one panel a number of target labels, sources down, targets across."""
    import vl_convert

    values = [
        {"source": one.source, "target": one.target, "labels": one.labels,
         "value": one.mean.value.value if isinstance(one.mean.value, Defined) else None}
        for one in cells
    ]  # fmt: skip
    axes = {
        "x": {"field": "target", "title": "evaluated on", "sort": None},
        "y": {"field": "source", "title": "learnt on", "sort": None},
    }
    scale = {"scheme": "redblue", "domain": [-1, 1]}
    colour = {"field": "value", "type": "quantitative", "title": metric, "scale": scale}
    number = {"field": "value", "type": "quantitative", "format": ".2f"}
    dark = {"condition": {"test": "abs(datum.value) > 0.6", "value": "white"}, "value": "black"}
    layers = [
        {"mark": "rect", "encoding": {**axes, "color": colour}},
        {"mark": "text", "encoding": {**axes, "text": number, "color": dark}},
    ]
    specification = {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "data": {"values": values},
        "facet": {"column": {"field": "labels", "title": "labels of the target"}},
        "spec": {"layer": layers, "width": {"step": 60}, "height": {"step": 40}},
    }
    drawn: str = vl_convert.vegalite_to_svg(specification)
    return drawn


def _numbers(mean: Estimate) -> dict[str, Entry]:
    interval = mean.interval
    return {
        "mean": mean.value.value if isinstance(mean.value, Defined) else None,
        "mean_low": interval.low if isinstance(interval, Interval) else None,
        "mean_high": interval.high if isinstance(interval, Interval) else None,
    }


def written(mean: Estimate) -> str:
    """Return a mean with its interval, or why it is undefined."""
    if isinstance(mean.value, Undefined):
        return shortened(f"undefined: {mean.value.reason}")
    if isinstance(mean.interval, Undefined):
        return f"{mean.value.value:.3f}"
    return f"{mean.value.value:.3f} [{mean.interval.low:.3f}, {mean.interval.high:.3f}]"
