"""The transfer matrix: its table, its heat map, its page, and its files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from harness.core.identity import digest
from harness.core.short_repr import ShortRepr
from harness.learning.transfer import Cell as Pair
from harness.learning.transfer_pair import Plan
from harness.metrics import Defined, Undefined
from harness.reports.matrix_page import MatrixCell, MatrixPanel, matrix_page
from harness.reports.report_table import Column, ReportTable, cell_text, columns, fixed
from harness.reports.writers import forms, markdown, write_files

__all__ = ["TransferMatrix", "transfer_page", "write_transfer"]

_NUMBER = Column(head="mean", number=fixed(3))


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class TransferMatrix(ShortRepr):
    """A predictor learnt on each of several tasks and evaluated on each.

    Attributes:
        cells: All pairs of tasks, at least one, and proxies beside them.
        predictor: Name of the predictor.
        plan: How much was labelled, and how often.
    """

    cells: Sequence[Pair]
    predictor: str
    plan: Plan

    @property
    def facts(self) -> str:
        """On what the numbers rest."""
        plan = self.plan
        return (
            f"{plan.metric} of {self.predictor}, learnt from {plan.source_labels} labels of the "
            f"source and the target's, seed {plan.seed}, identical networks: {plan.identical}; "
            f"brackets hold 95% intervals of the mean over {plan.repeats} draws"
        )

    @property
    def table(self) -> ReportTable:
        """One row a source and number of target labels, one column a target."""
        return _table(self.cells)

    @property
    def data(self) -> ReportTable:
        """One row a pair and number of target labels, for programs."""
        return ReportTable.of_records(
            [
                {
                    "predictor": self.predictor,
                    "metric": self.plan.metric,
                    "source": pair.source,
                    "target": pair.target,
                    "target_labels": pair.labels,
                    "evaluated": pair.evaluated,
                    "identical": self.plan.identical,
                    "mean": pair.mean,
                    "reason": (
                        pair.mean.value.reason if isinstance(pair.mean.value, Undefined) else ""
                    ),
                }
                for pair in self.cells
            ]
        )


def write_transfer(matrix: TransferMatrix, results: Path) -> list[Path]:
    """Write all forms into ``transfer``, named by what was asked for, and return their paths.

    Raises:
        InfrastructureError: A file would lie outside the folder.
    """
    plan = matrix.plan
    asked = [[pair.source, pair.target, str(pair.labels)] for pair in matrix.cells]
    content = digest([*asked, str(plan.source_labels), str(plan.repeats), plan.identical])[:8]
    contents = {
        **forms(matrix.data, markdown(["# Transfer", f"{matrix.facts}.", matrix.table])),
        ".svg": _heat_map(matrix.cells, plan.metric),
        ".html": transfer_page(matrix),
    }
    stem = Path("transfer") / f"{matrix.predictor}-seed{plan.seed}-{content}"
    return write_files(results, stem, contents)


def transfer_page(matrix: TransferMatrix) -> str:
    """Return the matrix as HTML: a picture and a table for each number of target labels."""
    return matrix_page(
        title=f"Transfer of {matrix.predictor}",
        facts=f"{matrix.facts}.",
        reading=f"{matrix.plan.metric}, learnt on the row, evaluated on the column",
        panels=[
            _panel([pair for pair in matrix.cells if pair.labels == labels])
            for labels in sorted({pair.labels for pair in matrix.cells})
        ],
    )


def _panel(cells: Sequence[Pair]) -> MatrixPanel:
    return MatrixPanel(
        labels=cells[0].labels,
        finding=_finding(cells),
        cells=[
            MatrixCell(
                source=pair.source,
                target=pair.target,
                value=_value(pair),
                text=cell_text(pair.mean, _NUMBER),
            )
            for pair in cells
        ],
    )


def _finding(cells: Sequence[Pair]) -> str:
    """Say which task is the best teacher of another, and which the worst."""
    tasks = {pair.target for pair in cells}
    across = [
        (value, pair.source, pair.target)
        for pair in cells
        if pair.source in tasks - {pair.target} and (value := _value(pair)) is not None
    ]
    if not across:
        return "No pair of two tasks has a value."
    worst, best = min(across, key=lambda known: known[0]), max(across, key=lambda known: known[0])
    return (
        f"Highest between two tasks: {best[1]} to {best[2]}, {best[0]:.3f}; lowest: "
        f"{worst[1]} to {worst[2]}, {worst[0]:.3f}."
    )


def _table(cells: Sequence[Pair]) -> ReportTable:
    means = {(pair.source, pair.labels, pair.target): pair.mean for pair in cells}
    targets = list(dict.fromkeys(pair.target for pair in cells))
    ordered = sorted(cells, key=lambda pair: pair.labels)
    return ReportTable(
        columns=columns("source", "target labels", *targets, number=fixed(3)),
        rows=tuple(
            (source, labels, *(means.get((source, labels, target)) for target in targets))
            for source, labels in dict.fromkeys((pair.source, pair.labels) for pair in ordered)
        ),
    )


def _value(pair: Pair) -> float | None:
    return pair.mean.value.value if isinstance(pair.mean.value, Defined) else None


def _heat_map(cells: Sequence[Pair], metric: str) -> str:
    """Return an SVG with one panel a number of target labels, sources down, targets across."""
    import vl_convert

    values = [
        {"source": pair.source, "target": pair.target, "labels": pair.labels,
         "value": _value(pair)}
        for pair in cells
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
        {
            "transform": [{"filter": "isValid(datum.value)"}],
            "mark": "text",
            "encoding": {**axes, "text": number, "color": dark},
        },
    ]
    specification = {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "data": {"values": values},
        "facet": {"column": {"field": "labels", "title": "labels of the target"}},
        "spec": {"layer": layers, "width": {"step": 60}, "height": {"step": 40}},
    }
    drawn: str = vl_convert.vegalite_to_svg(specification)
    return drawn
