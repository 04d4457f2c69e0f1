"""Classes of identical networks among architectures that are given by their texts."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, TypeAlias, cast

import numpy as np

from harness.core.architecture import Architecture, Space
from harness.spaces.registry import names_space
from harness.spaces.registry import space as known_space

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Numbers: TypeAlias = NDArray[np.int64]
    Values: TypeAlias = NDArray[np.float64]

__all__ = ["IDENTICAL", "ROWS", "Classes", "classes_of", "network_key", "network_keys"]

IDENTICAL = "computation"
"""The usual kind of `Space.canonical` by which networks are identical."""

ROWS = "rows"
"""Stands for a kind where nothing is: every architecture is by itself."""

_KEPT = 65_536
"""Keys that are kept, of the architectures that were asked for last."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Classes:
    """Which of n architectures are one network.

    Attributes:
        numbers: Shape ``(n,)``: the class of each; classes are numbered by their first members.
        first: Shape ``(classes,)``: the row of the first member of each, ascending.
    """

    numbers: Numbers
    first: Numbers

    def __len__(self) -> int:
        return len(self.first)

    @property
    def are_rows(self) -> bool:
        """Whether no two architectures are one network."""
        return len(self.first) == len(self.numbers)

    def mean(self, values: Values) -> Values:
        """Return means over the classes of an array of shape ``(n,)``; NaN counts as no value.

        Where the values of a class are equal their mean is that value, to the last digit.
        """
        known = ~np.isnan(values)
        numbers, present, classes = self.numbers[known], values[known], len(self)
        counts = np.bincount(numbers, minlength=classes)
        low, high = np.full(classes, np.inf), np.full(classes, -np.inf)
        np.minimum.at(low, numbers, present)
        np.maximum.at(high, numbers, present)
        sums = np.bincount(numbers, weights=present, minlength=classes)
        means = np.where(low == high, low, sums / np.maximum(counts, 1))
        means[counts == 0] = np.nan
        return np.asarray(means, dtype=np.float64)


def classes_of(space: str, texts: Sequence[str], identical: str) -> Classes:
    """Return the classes of architectures of a space.

    Raises:
        UsageError: The space says nothing of this kind.
    """
    numbers: dict[str, int] = {}
    rows: list[int] = []
    keys = network_keys(space, texts, identical)
    for row, key in enumerate(keys):
        if key not in numbers:
            numbers[key] = len(numbers)
            rows.append(row)
    return Classes(
        numbers=np.array([numbers[key] for key in keys], dtype=np.int64),
        first=np.array(rows, dtype=np.int64),
    )


def network_keys(space: str, texts: Sequence[str], identical: str) -> list[str]:
    """Return keys of architectures, equal where they are one network.

    Names without networks, of which no space knows anything, are networks of their own.

    Raises:
        UsageError: The space says nothing of this kind.
    """
    if identical == ROWS or not names_space(space):
        return list(texts)
    known = known_space(space)
    return [network_key(known, text, identical) for text in texts]


def network_key(space: Space, text: str, identical: str) -> str:
    """Return the key of one architecture, equal for those of the space that are one network.

    Raises:
        UsageError: The space says nothing of this kind.
    """
    if identical == ROWS:
        return text
    if isinstance(space, Hashable):
        return _kept_key(space, text, identical)
    return space.canonical(Architecture(space=space.name, text=text), identical)


@lru_cache(maxsize=_KEPT)
def _kept_key(space: Hashable, text: str, identical: str) -> str:
    known = cast("Space", space)
    return known.canonical(Architecture(space=known.name, text=text), identical)
