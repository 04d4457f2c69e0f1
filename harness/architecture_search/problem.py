"""What a search can ask for: the architectures of a truth table, or a whole space as it is met."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from harness.architecture_search.objectives import Objectives
from harness.core.architecture import Architecture, Space
from harness.core.errors import UsageError
from harness.metrics.values import FloatArray, IntArray
from harness.truth.table import TruthTable

__all__ = ["Landscape", "OpenProblem", "Problem"]

_PROBED = 200
_DRAWS = 1000


class Landscape(Protocol):
    """Architectures by number, and which are one decision apart; it has no values."""

    @property
    def n(self) -> int:
        """Number of architectures."""
        ...

    @property
    def architectures(self) -> Sequence[Architecture]:
        """Architectures by number, as far as they have one."""
        ...

    @property
    def objectives(self) -> Objectives | None:
        """More than one objective; None where the value alone is one."""
        ...

    def fresh(
        self, count: int, queried: Collection[int], generator: np.random.Generator
    ) -> IntArray:
        """Draw at most `count` different architectures that were not queried."""
        ...

    def neighbours(self, number: int) -> IntArray:
        """Return the numbers of the architectures that differ in one decision."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Problem:
    """Architectures by number, their values, and which are one decision apart.

    Attributes:
        space: Where neighbours come from.
        truth: Values; an architecture outside the table does not exist for a search.
        objectives: The value with others that are known beforehand; None for the value alone.
        architectures: Those of the table, in the order of their texts.
        values: Shape ``(n,)``, higher is better.
    """

    space: Space
    truth: TruthTable
    objectives: Objectives | None = None
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

    def fresh(
        self, count: int, queried: Collection[int], generator: np.random.Generator
    ) -> IntArray:
        """Draw at most `count` different architectures that were not queried."""
        n = self.n
        if n - len(queried) <= count:
            return np.array([number for number in range(n) if number not in queried], np.int64)
        drawn: dict[int, None] = {}
        while len(drawn) < count:
            number = int(generator.integers(n))
            if number not in queried:
                drawn[number] = None
        return np.array(list(drawn), dtype=np.int64)

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

    def regrets(self, numbers: IntArray) -> FloatArray:
        """Return what is lacking after each query.

        That is the best value of the table less the best value so far, in the unit of the truth;
        with several objectives, the share of the hypervolume of the table's front.

        Args:
            numbers: Shape ``(queries,)``: architectures in the order of the queries.
        """
        if self.objectives is not None:
            return self.objectives.regrets(numbers)
        lacking: FloatArray = self.values.max() - np.maximum.accumulate(self.values[numbers])
        return lacking

    def goal(self, share: float) -> float:
        """Return the regret at which a search has succeeded.

        Args:
            share: Part of the table that counts as the best, e.g. 0.001; with several objectives,
                part of the hypervolume that may be lacking.
        """
        if self.objectives is not None:
            return share
        return float(self.values.max()) - self.threshold(share)

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


@dataclass(slots=True, kw_only=True, eq=False)
class OpenProblem:
    """A space without a table: an architecture gets its number when a search first meets it.

    Attributes:
        space: Where architectures come from.
        n: Number of its architectures.
        architectures: Those met so far, in that order.
    """

    space: Space
    n: int
    architectures: list[Architecture] = field(default_factory=list)
    objectives: None = field(default=None, init=False)
    _numbers: dict[str, int] = field(default_factory=dict)

    def fresh(
        self, count: int, queried: Collection[int], generator: np.random.Generator
    ) -> IntArray:
        """Draw different architectures that were not queried; fewer where hardly any is left."""
        drawn: dict[int, None] = {}
        for _ in range(_DRAWS * count):
            number = self._number(self.space.sample(generator))
            if number not in queried:
                drawn[number] = None
            if len(drawn) == count:
                break
        return np.array(list(drawn), dtype=np.int64)

    def neighbours(self, number: int) -> IntArray:
        """Return the numbers of the architectures that differ in one decision."""
        numbers = map(self._number, self.space.neighbours(self.architectures[number]))
        return np.array(sorted(set(numbers) - {number}), dtype=np.int64)

    def _number(self, architecture: Architecture) -> int:
        number = self._numbers.setdefault(architecture.text, len(self.architectures))
        if number == len(self.architectures):
            self.architectures.append(architecture)
        return number
