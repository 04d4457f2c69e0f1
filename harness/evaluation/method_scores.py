"""One method's scores, whoever computed them, as a column over architectures."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from harness.core.errors import DataError
from harness.evaluation.leaderboard import Timing
from harness.metrics.values import BoolArray, FloatArray, IntArray
from harness.records.columns import CostColumns, MethodColumn
from harness.spaces.identical import Classes

__all__ = ["MethodScores", "Orient", "summarise_costs"]

Orient = Callable[[Mapping[str, FloatArray]], FloatArray]
"""Maps component arrays, each of shape ``(n,)``, to scores of shape ``(n,)``, higher is better."""


@dataclass(frozen=True, kw_only=True, eq=False)
class MethodScores:
    """A method with what it said of ``n`` architectures, row by row.

    Attributes:
        name: Name on the leaderboard.
        version: Version of the method; for published scores, the publication.
        key: Identity of the scores; equal keys, equal scores.
        components: Names of the numbers that a score consists of.
        orient: How components over the scored architectures become scores; it applies the
            declared direction.
        column: What it said: components, failures and costs.
        imported: Where it was brought from, for scores that were computed elsewhere; else empty.
        archived: Shape ``(n,)``: what is taken from an archive; None for nothing.
    """

    name: str
    version: str
    key: str
    components: tuple[str, ...]
    orient: Orient
    column: MethodColumn
    imported: str = ""
    archived: BoolArray | None = None

    @property
    def scored(self) -> BoolArray:
        """Shape ``(n,)``: where there is a score."""
        return self.column.scored

    @cached_property
    def values(self) -> FloatArray:
        """Scores of shape ``(n,)``, higher is better; NaN where there is none.

        A rule that aggregates components does so over these architectures alone.

        Raises:
            DataError: The rule returned another number of scores.
        """
        scored = self.scored
        values = np.full(scored.size, np.nan)
        if not scored.any():
            return values
        unknown = np.full(scored.size, np.nan)
        parts = {name: self.column.values.get(name, unknown)[scored] for name in self.components}
        scores = np.asarray(self.orient(parts), dtype=np.float64)
        if scores.shape != (scored.sum(),):
            raise DataError(
                f"a sample needs two vectors of one length, not scores of shape {scores.shape} "
                f"and truth of shape {(int(scored.sum()),)}."
            )
        values[scored] = scores
        return values

    def at(self, rows: IntArray | BoolArray) -> MethodScores:
        """Return the same of some of the architectures, in the order of `rows`."""
        archived = None if self.archived is None else self.archived[rows]
        return replace(self, column=self.column.at(rows), archived=archived)

    def merged(self, classes: Classes) -> MethodScores:
        """Return the same with one row a class of identical networks."""
        archived = None
        if self.archived is not None:
            counts = np.bincount(classes.numbers, weights=self.archived, minlength=len(classes))
            archived = counts > 0
        return replace(self, column=self.column.merged(classes), archived=archived)


def summarise_costs(costs: CostColumns) -> Timing | None:
    """Summarise known costs on the environment that most of them are of, the first of equals."""
    known = np.isfinite(costs.wall_s)
    if not known.any():
        return None
    numbers, first, sizes = np.unique(
        costs.environment[known], return_index=True, return_counts=True
    )
    (most, *_) = np.lexsort((first, -sizes))
    kept = known & (costs.environment == numbers[most])
    low, median, high = np.quantile(costs.wall_s[kept], (0.25, 0.5, 0.75))
    gpu = costs.gpu_s[kept]
    peaks = costs.peak_bytes[kept]
    gpu, peaks = gpu[~np.isnan(gpu)], peaks[~np.isnan(peaks)]
    return Timing(
        quartiles_s=(float(low), float(median), float(high)),
        gpu_s=float(np.median(gpu)) if gpu.size else None,
        peak_bytes=int(peaks.max()) if peaks.size else None,
        environment=costs.environments[numbers[most]],
    )
