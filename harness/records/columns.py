"""One plugin's stored scores as columns, in the order of architectures that somebody asks for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from harness.core.outcome import Failed, Outcome, Scored, Skipped
from harness.spaces.identical import Classes

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Rows: TypeAlias = NDArray[np.int64] | NDArray[np.bool_]

__all__ = ["ABSENT", "FAILED", "SCORED", "SKIPPED", "TIMES", "CostColumns", "MethodColumn"]

TIMES = ("wall_s", "cpu_s", "gpu_s", "peak_bytes")
"""What a cost column holds of each score."""

ABSENT, SCORED, FAILED, SKIPPED = 0, 1, 2, 3
"""Values of `MethodColumn.status`."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CostColumns:
    """What scores took, passes and own reduction together; all arrays have shape ``(n,)``.

    Attributes:
        wall_s: Seconds on the wall clock; NaN where the cost is unknown: where there is no score,
            or one that was joined of other plugins'.
        cpu_s: Seconds of processor time; likewise.
        gpu_s: Seconds on the GPU; NaN where none was used.
        peak_bytes: Highest memory, whole numbers as float64; NaN where the system does not tell.
        environment: Numbers of `environments`; -1 where there is no outcome.
        environments: Keys of the environments.
    """

    wall_s: NDArray[np.float64]
    cpu_s: NDArray[np.float64]
    gpu_s: NDArray[np.float64]
    peak_bytes: NDArray[np.float64]
    environment: NDArray[np.int32]
    environments: tuple[str, ...]

    @classmethod
    def unknown(cls, n: int) -> CostColumns:
        """Return the costs of ``n`` scores that others computed: none is known."""
        nothing = np.full(n, np.nan)
        return cls(
            wall_s=nothing,
            cpu_s=nothing,
            gpu_s=nothing,
            peak_bytes=nothing,
            environment=np.full(n, -1, dtype=np.int32),
            environments=(),
        )

    def at(self, rows: Rows) -> CostColumns:
        """Return some of the rows, in the order of `rows`."""
        return CostColumns(
            wall_s=self.wall_s[rows],
            cpu_s=self.cpu_s[rows],
            gpu_s=self.gpu_s[rows],
            peak_bytes=self.peak_bytes[rows],
            environment=self.environment[rows],
            environments=self.environments,
        )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MethodColumn:
    """What one plugin said of ``n`` architectures.

    Attributes:
        values: Arrays of shape ``(n,)`` by component; NaN where there is no score. Empty where the
            plugin scored nothing.
        status: Shape ``(n,)``: `ABSENT` where nobody asked, `SCORED`, `FAILED` or `SKIPPED`.
        reason: Shape ``(n,)``: numbers of `reasons`; -1 where the plugin neither failed nor
            skipped.
        reasons: The different failures and skips.
    """

    values: Mapping[str, NDArray[np.float64]]
    status: NDArray[np.int8]
    reason: NDArray[np.int32]
    reasons: tuple[Failed | Skipped, ...]
    _load_costs: Callable[[], CostColumns] = field(repr=False)

    @property
    def scored(self) -> NDArray[np.bool_]:
        """Shape ``(n,)``: where there is a score."""
        return np.asarray(self.status == SCORED)

    @property
    def failures(self) -> dict[int, Failed | Skipped]:
        """Return row to failure or skip, rows in order."""
        (rows,) = np.nonzero(self.reason >= 0)
        numbers = self.reason[rows].tolist()
        return {
            row: self.reasons[number] for row, number in zip(rows.tolist(), numbers, strict=True)
        }

    def outcome(self, row: int) -> Outcome | None:
        """Return what the plugin said of one architecture; nothing where nobody asked."""
        if self.status[row] == ABSENT:
            return None
        if self.status[row] != SCORED:
            return self.reasons[int(self.reason[row])]
        return scored_in(self.values, row)

    def costs(self) -> CostColumns:
        """Return what the scores took; read from disk by the first who asks."""
        return self._load_costs()

    def at(self, rows: Rows) -> MethodColumn:
        """Return some of the rows, in the order of `rows`."""
        return MethodColumn(
            values={name: column[rows] for name, column in self.values.items()},
            status=self.status[rows],
            reason=self.reason[rows],
            reasons=self.reasons,
            _load_costs=lambda: self.costs().at(rows),
        )

    def merged(self, classes: Classes) -> MethodColumn:
        """Return one row a class of identical networks.

        Its components are the means of those that were scored; outcome and cost are those of the
        first that was scored, or else of the first.
        """
        order = np.lexsort((~self.scored, classes.numbers))
        starts = np.searchsorted(classes.numbers[order], np.arange(len(classes)))
        kept = self.at(order[starts])
        means = {name: classes.mean(column) for name, column in self.values.items()}
        return replace(kept, values=means)

    @classmethod
    def of(
        cls, outcomes: Sequence[Outcome | None], costs: CostColumns | None = None
    ) -> MethodColumn:
        """Enter outcomes that are at hand, None where nobody asked."""
        n = len(outcomes)
        status, reason = np.full(n, ABSENT, np.int8), np.full(n, -1, np.int32)
        values: dict[str, NDArray[np.float64]] = {}
        numbers: dict[Failed | Skipped, int] = {}
        for row, outcome in enumerate(outcomes):
            match outcome:
                case Scored(components=components):
                    status[row] = SCORED
                    for name, value in components.items():
                        values.setdefault(name, np.full(n, np.nan))[row] = value
                case Failed() | Skipped():
                    status[row] = FAILED if isinstance(outcome, Failed) else SKIPPED
                    reason[row] = numbers.setdefault(outcome, len(numbers))
        known = costs or CostColumns.unknown(n)
        return cls(
            values=values,
            status=status,
            reason=reason,
            reasons=tuple(numbers),
            _load_costs=lambda: known,
        )


def scored_in(values: Mapping[str, NDArray[np.float64]], row: int) -> Scored:
    """Return the score in a row of the columns of components; NaN where one has none."""
    return Scored(
        components={
            name: float(column[row]) for name, column in values.items() if not np.isnan(column[row])
        }
    )
