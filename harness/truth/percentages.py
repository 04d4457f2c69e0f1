"""Fractions among percentages: told with their row, as far as a table tells them apart.

Only for a unit of percent where higher is better. (An error rate below one percent is ordinary.)

* A table without any value above 1 is one of fractions.
* A value below 1 beside values above 1 is a fraction if every one of those is at least ten times
  as large, and a hundred times the value is an ordinary one among them: at least half of the least,
  and at most halfway from the greatest to 100.

So 0.939 beside 91.2 is a fraction. Cells at the chance level of a hard task are none: 0.83 beside
25 to 47 would be 83 percent, beyond what the table reaches; and where another cell has 5 percent,
low values are ordinary.
"""

from __future__ import annotations

from collections.abc import Sequence

from harness.core.direction import Direction
from harness.core.errors import DataError

__all__ = ["require_percentages"]

_SMALLEST_GAP = 10


def require_percentages(
    values: Sequence[tuple[float, str]], where: str, direction: Direction
) -> None:
    """Refuse values that are fractions.

    Args:
        values: Every value with its place.
        where: Name of the table.
        direction: Which values are better.

    Raises:
        DataError: There is one, or they all are.
    """
    above = [(value, place) for value, place in values if value > 1]
    if direction is Direction.LOWER or not values:
        return
    greatest, place_of_greatest = max(values)
    if not above:
        if greatest > 0:
            raise DataError(
                f"{where}: no value is above 1 percent (the greatest is {greatest}), as in a table "
                'of fractions; declare unit = "fraction", or unit = "number" if they are percent'
            )
        return
    least, _ = min(above)
    for value, place in values:
        would_be = 100 * value
        if (
            value < 1
            and least >= _SMALLEST_GAP * value
            and least / 2 <= would_be <= (greatest + 100) / 2
        ):
            raise DataError(
                f"{place}: {value} seems a fraction among percentages such as {greatest} "
                f"({place_of_greatest.removeprefix(f'{where}, ')}); write {would_be:g}, or declare "
                f'unit = "number" if it is {value} percent'
            )
