"""What the singular values of a random matrix amount to, in closed form."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["network_capacities", "spectral_capacity"]


def spectral_capacity(rows: ArrayLike, columns: ArrayLike) -> NDArray[np.float64]:
    """Return the sum of ln(1 + s^2) over the singular values s of random matrices.

    Entries are independent, of mean 0 and Xavier's variance v = 2 / (rows + columns), and squares
    of singular values are those of the law of Marchenko and Pastur. With n the smaller and m the
    larger side, b = n / m and g = v m, the mean of ln(1 + g x) under the law of ratio b is its
    Shannon transform (Tulino and Verdu, Random Matrix Theory and Wireless Communications, 2004)::

        ln(1 + g - q) + ln(1 + g b - q) / b - q / (g b)
        q = 4 g^2 b / (sqrt(g (1 + sqrt b)^2 + 1) + sqrt(g (1 - sqrt b)^2 + 1))^2

    Args:
        rows: Positive numbers of rows.
        columns: Positive numbers of columns, of a shape that fits.

    Returns:
        n times this mean, of the common shape.
    """
    rows, columns = np.asarray(rows, np.float64), np.asarray(columns, np.float64)
    smaller, larger = np.minimum(rows, columns), np.maximum(rows, columns)
    ratio, gain = smaller / larger, 2 * larger / (rows + columns)
    upper = np.sqrt(gain * (1 + np.sqrt(ratio)) ** 2 + 1)
    lower = np.sqrt(gain * (1 - np.sqrt(ratio)) ** 2 + 1)
    shared = 4 * gain**2 * ratio / (upper + lower) ** 2
    mean = np.log1p(gain - shared) + np.log1p(gain * ratio - shared) / ratio
    capacity: NDArray[np.float64] = smaller * (mean - shared / (gain * ratio))
    return capacity


def network_capacities(networks: Sequence[Iterable[tuple[int, int, int]]]) -> NDArray[np.float64]:
    """Return the spectral capacity of networks, shape ``(n,)``.

    The sums of a network are formed in one order, however its matrices are listed.

    Args:
        networks: Rows, columns and number of the matrices of each.
    """
    listed = [sorted(_merged(shapes).items()) for shapes in networks]
    if not all(listed):
        raise ValueError("a network has no weight matrix")
    table = np.array(
        [(*sides, count) for shapes in listed for sides, count in shapes], dtype=np.float64
    )
    starts = np.cumsum([0, *(len(shapes) for shapes in listed[:-1])])
    terms = table[:, 2] * spectral_capacity(table[:, 0], table[:, 1])
    capacities: NDArray[np.float64] = np.add.reduceat(terms, starts)
    return capacities


def _merged(shapes: Iterable[tuple[int, int, int]]) -> dict[tuple[int, int], int]:
    """Return how many matrices have a shorter and a longer side."""
    merged: dict[tuple[int, int], int] = {}
    for rows, columns, count in shapes:
        if count == 0:
            continue
        sides = (rows, columns) if rows < columns else (columns, rows)
        merged[sides] = merged.get(sides, 0) + count
    return merged
