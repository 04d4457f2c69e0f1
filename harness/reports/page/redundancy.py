"""How alike the orders of two plugins are: which proxies say the same thing twice."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from harness.core.identity import Json
from harness.metrics import Defined, Sample, Undefined, Value, find_metric, measure
from harness.metrics.values import FloatArray
from harness.reports.page.points import AlignedScores
from harness.reports.report_table import number

__all__ = ["Pair", "Redundancy", "find_redundancy", "redundancy_rows"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two different plugins and the Spearman correlation of their scores."""

    first: str
    second: str
    value: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Redundancy:
    """Spearman correlation between the scores of every two plugins.

    Attributes:
        names: Plugins, like ones side by side.
        cells: One row a plugin, in the order of `names`; each pair over the architectures that
            both have scored.
    """

    names: tuple[str, ...]
    cells: tuple[tuple[Value, ...], ...]

    @property
    def pairs(self) -> tuple[Pair, ...]:
        """The pairs that have a correlation, most alike first."""
        pairs = [
            Pair(first=self.names[row], second=self.names[column], value=cell.value)
            for row, cells in enumerate(self.cells)
            for column, cell in enumerate(cells)
            if row < column and isinstance(cell, Defined)
        ]
        return tuple(sorted(pairs, key=lambda pair: (-pair.value, pair.first, pair.second)))


def find_redundancy(scores: AlignedScores) -> Redundancy:
    """Correlate every two plugins and put like ones side by side.

    The order is that of average-linkage clustering with 1 - Spearman as distance, leaves turned
    so that neighbours are as close as they can be. Where a correlation is undefined, the order
    takes the two for unrelated. Plugins without any score are left out.
    """
    names = sorted(name for name, aligned in scores.items() if np.isfinite(aligned).any())
    spearman = find_metric("spearman")
    values: dict[tuple[str, str], Value] = {}
    for position, first in enumerate(names):
        for second in names[position:]:
            common = np.isfinite(scores[first]) & np.isfinite(scores[second])
            sample = Sample(scores=scores[first][common], truth=scores[second][common])
            values[first, second] = values[second, first] = measure(spearman, sample)
    ordered = [names[index] for index in _order(_distances(names, values))]
    return Redundancy(
        names=tuple(ordered),
        cells=tuple(tuple(values[row, column] for column in ordered) for row in ordered),
    )


def redundancy_rows(redundancy: Redundancy) -> list[Json]:
    """Return one row a cell, for the chart."""
    return [
        {
            "row": row,
            "column": column,
            "value": cell.value if isinstance(cell, Defined) else None,
            "text": number(cell.value) if isinstance(cell, Defined) else cell.reason,
        }
        for row, cells in zip(redundancy.names, redundancy.cells, strict=True)
        for column, cell in zip(redundancy.names, cells, strict=True)
    ]


def _distances(names: list[str], values: dict[tuple[str, str], Value]) -> FloatArray:
    distances = np.zeros((len(names), len(names)))
    for row, first in enumerate(names):
        for column, second in enumerate(names):
            if row != column:
                distances[row, column] = _distance(values[first, second])
    return distances


def _distance(value: Value) -> float:
    match value:
        case Undefined():
            return 1.0
        case Defined():
            return max(0.0, 1 - value.value)  # rounding may leave a correlation just above one


def _order(distances: FloatArray) -> list[int]:
    from scipy.cluster.hierarchy import leaves_list, linkage
    from scipy.spatial.distance import squareform

    if len(distances) < 3:
        return list(range(len(distances)))
    tree = linkage(squareform(distances), "average", optimal_ordering=True)
    return [int(index) for index in leaves_list(tree)]
