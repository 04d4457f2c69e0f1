"""What a reader returns, and the checks that every value passes on its way in."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from harness.core.errors import DataError
from harness.core.short_repr import quote
from harness.truth.unit import Unit, limits

__all__ = ["Ledger", "Reading", "finite", "quote", "unfit_argument"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """Values of one file's column.

    Attributes:
        values: Text of an architecture to its value.
        runs: Text to the values of single trainings, where they are published.
        without_value: Number of architectures that the file names without a value.
    """

    values: Mapping[str, float]
    runs: Mapping[str, tuple[float, ...]]
    without_value: int = 0


@dataclass(slots=True)
class Ledger:
    """Collects the values of one file and refuses what cannot be right.

    Attributes:
        where: Name of the file, for messages.
        unit: Unit of the values.
    """

    where: str
    unit: Unit
    _values: dict[str, float] = field(default_factory=dict)
    _runs: dict[str, tuple[float, ...]] = field(default_factory=dict)
    _lacking: set[str] = field(default_factory=set)

    def add(self, text: str, value: object, place: str) -> None:
        """Enter one value.

        Args:
            text: Text of the architecture.
            value: What the file holds.
            place: Row and column, or key, for messages.

        Raises:
            DataError: It is no finite number, outside the unit's range, or the second value
                of this architecture.
        """
        number = self.number(value, place)
        self._require_new(text, place)
        self._values[text] = number

    def lacks(self, text: str, place: str) -> None:
        """Enter an architecture that the file names without a value.

        Raises:
            DataError: It has one, or is entered a second time.
        """
        self._require_new(text, place)
        self._lacking.add(text)

    def add_runs(self, text: str, values: Sequence[object], place: str) -> None:
        """Enter the values of several trainings; their mean becomes the value.

        Raises:
            DataError: As for `add`, or there is no value at all.
        """
        runs = tuple(self.number(value, place) for value in values)
        if not runs:
            raise DataError(f"{self.where}, {place}: architecture {text} has no value")
        self.add(text, math.fsum(runs) / len(runs), place)
        self._runs[text] = runs

    def number(self, value: object, place: str) -> float:
        """Return a value that the unit allows.

        Raises:
            DataError: It is no finite number, or outside the unit's range.
        """
        number = finite(value, f"{self.where}, {place}")
        low, high = limits(self.unit)
        if not low <= number <= high:
            raise DataError(
                f"{self.where}, {place}: {number} is outside [{low}, {high}], "
                f"the range of unit {self.unit}"
            )
        return number

    def reading(self) -> Reading:
        """Return everything that was entered."""
        return Reading(values=self._values, runs=self._runs, without_value=len(self._lacking))

    def _require_new(self, text: str, place: str) -> None:
        if text in self._values or text in self._lacking:
            raise DataError(f"{self.where}, {place}: architecture {text} occurs a second time")


def finite(value: object, where: str) -> float:
    """Return a finite number as float64.

    Raises:
        DataError: It is of another type, NaN or infinite.
    """
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise DataError(f"{where}: expected a number, found {quote(value)}")
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise DataError(f"{where}: expected a finite number, found {quote(value)}")
    return number


def unfit_argument(reader: str, arguments: Mapping[str, str], expected: str) -> DataError:
    """Build the error for reader arguments that the reader has no use for."""
    return DataError(f"reader {reader!r} was given {dict(arguments)!r}, expected {expected}")
