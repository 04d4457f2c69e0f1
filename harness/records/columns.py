"""One plugin's stored scores as columns, in the order of architectures that somebody asks for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from harness.core.outcome import Failed, Outcome, Scored, Skipped

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["ABSENT", "FAILED", "SCORED", "SKIPPED", "TIMES", "CostColumns", "MethodColumn"]

TIMES = ("wall_s", "cpu_s", "gpu_s", "peak_bytes")
"""What a cost column holds of each score."""

ABSENT, SCORED, FAILED, SKIPPED = 0, 1, 2, 3
"""Values of `MethodColumn.status`."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CostColumns:
    """What scores took, passes and own reduction together; all arrays have shape ``(n,)``.

    Attributes:
        wall_s: Seconds on the wall clock; NaN where the cost is unknown, which is everywhere but
            where there is a score.
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
        return Scored(
            components={
                name: float(column[row])
                for name, column in self.values.items()
                if not np.isnan(column[row])
            }
        )

    def costs(self) -> CostColumns:
        """Return what the scores took; read from disk by the first who asks."""
        return self._load_costs()
