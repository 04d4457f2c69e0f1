"""A truth table that a search can query, with the neighbourhoods of its space."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from harness.core.architecture import Architecture, Space
from harness.core.errors import UsageError
from harness.metrics.values import FloatArray, IntArray
from harness.truth.table import TruthTable

__all__ = ["Problem"]

_PROBED = 200


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Problem:
    """Architectures by number, their values, and which are one decision apart.

    Attributes:
        space: Where neighbours come from.
        truth: Values; an architecture outside the table does not exist for a search.
        architectures: Those of the table, in the order of their texts.
        values: Shape ``(n,)``, higher is better.
    """

    space: Space
    truth: TruthTable
    architectures: tuple[Architecture, ...] = field(init=False)
    values: FloatArray = field(init=False)
    _numbers: dict[str, int] = field(init=False)
    _neighbours: dict[int, IntArray] = field(init=False)

    def __post_init__(self) -> None:
        texts = sorted(self.truth.values)
        architectures = tuple(Architecture(space=self.space.name, text=text) for text in texts)
        object.__setattr__(self, "architectures", architectures)
        object.__setattr__(self, "values", self.truth.oriented(texts))
        object.__setattr__(self, "_numbers", {text: index for index, text in enumerate(texts)})
        object.__setattr__(self, "_neighbours", {})

    @property
    def n(self) -> int:
        """Number of architectures."""
        return len(self.architectures)

    def neighbours(self, number: int) -> IntArray:
        """Return the numbers of the architectures of the table that differ in one decision."""
        if number not in self._neighbours:
            known = [
                self._numbers[neighbour.text]
                for neighbour in self.space.neighbours(self.architectures[number])
                if neighbour.text in self._numbers
            ]
            self._neighbours[number] = np.array(sorted(set(known) - {number}), dtype=np.int64)
        return self._neighbours[number]

    def threshold(self, share: float) -> float:
        """Return the smallest value among the best `share` of the table, at least one of it.

        Args:
            share: E.g. 0.001 for the best 0.1 %.
        """
        count = max(1, int(share * self.n))
        return float(np.partition(self.values, self.n - count)[self.n - count])

    def require_neighbours(self, searcher: str) -> None:
        """Refuse an algorithm that walks from neighbour to neighbour where there are too few.

        Raises:
            UsageError: The table holds so little of its space that most architectures have no
                neighbour in it: a walk would be one of the gaps, not of the space.
        """
        probed = range(0, self.n, max(1, self.n // _PROBED))
        lonely = sum(1 for number in probed if not self.neighbours(number).size)
        if 2 * lonely > len(probed):
            raise UsageError(
                f"task {self.truth.task} has values of {self.n} architectures, most of them "
                f"without a neighbour in the table, so {searcher} in {self.space.name} cannot be "
                "simulated on it; choose a task that covers its space, such as "
                "nb201-analog-baseline, or --algorithm random or ranking"
            )
