"""Several objectives at once: Pareto fronts, and the hypervolume that points dominate.

A point is one architecture's objectives, all turned so that higher is better. One point dominates
another if it is at least as good in all objectives and better in one. Equal points do not dominate
each other: they are the same point, and whoever has one of them has it.
"""

from __future__ import annotations

import numpy as np

from harness.metrics.values import BoolArray, FloatArray, IntArray

__all__ = ["front_of", "hypervolume", "hypervolume_path", "point_numbers"]


def front_of(points: FloatArray) -> BoolArray:
    """Say of each point whether no other one dominates it; copies of such a point all count.

    In O(n log n) for one or two objectives, in O(n f) for more, where f points are not dominated.

    Args:
        points: Shape ``(n, m)``, higher is better, finite.
    """
    order = np.lexsort(-points.T[::-1])
    leading = np.zeros(len(points), dtype=np.bool_)
    if points.shape[1] > 2:
        leading[order[_peeled(points[order])]] = True
    elif len(points):
        leading[order] = _staircase(points[order])
    return leading


def _staircase(points: FloatArray) -> BoolArray:
    """Sorted by the first objective, then the last: what is above all before it leads."""
    last = points[:, -1]
    new = np.concatenate([[True], (points[1:] != points[:-1]).any(axis=1)])
    above = np.concatenate([[True], last[1:] > np.maximum.accumulate(last)[:-1]])
    if points.shape[1] == 1:
        above = last == last[0]
    first = np.maximum.accumulate(np.where(new, np.arange(len(points)), 0))
    leading: BoolArray = (new & above)[first]
    return leading


def _peeled(points: FloatArray) -> IntArray:
    """Of what is left the first is dominated by none; what it dominates goes, and so on."""
    left, leading = np.arange(len(points)), []
    while left.size:
        first = points[left[0]]
        leading.append(left[(points[left] == first).all(axis=1)])
        left = left[(points[left] > first).any(axis=1)]
    return np.concatenate([*leading, np.empty(0, np.int64)]).astype(np.int64)


def point_numbers(points: FloatArray, leading: BoolArray) -> IntArray:
    """Number the different points of a front from 0, equal ones alike; -1 where it is none of it.

    Args:
        points: Shape ``(n, m)``.
        leading: Of `front_of`.
    """
    numbers = np.full(len(points), -1, dtype=np.int64)
    _, inverse = np.unique(points[leading], axis=0, return_inverse=True)
    numbers[leading] = inverse.reshape(-1)
    return numbers


def hypervolume(points: FloatArray, reference: FloatArray) -> float:
    """Return the volume of what points dominate above a reference, exactly.

    In O(n log n) for two objectives; each more multiplies it by the size of the front.

    Args:
        points: Shape ``(n, m)``, higher is better; what is not above the reference in every
            objective dominates nothing of it.
        reference: Shape ``(m,)``.
    """
    heights = points[(points > reference).all(axis=1)] - reference
    return _volume(heights[front_of(heights)])


def _volume(heights: FloatArray) -> float:
    """Slice along the first objective; `heights` lead, and are above a reference of zeros."""
    if not len(heights):
        return 0.0
    if heights.shape[1] == 1:
        return float(heights.max())
    heights = heights[np.argsort(-heights[:, 0], kind="stable")]
    depths = heights[:, 0] - np.append(heights[1:, 0], 0.0)
    if heights.shape[1] == 2:
        return float(depths @ np.maximum.accumulate(heights[:, 1]))
    rest = heights[:, 1:]
    volumes = [
        _volume(rest[: end + 1][front_of(rest[: end + 1])]) if depths[end] else 0.0
        for end in range(len(heights))
    ]
    return float(depths @ np.array(volumes))


def hypervolume_path(points: FloatArray, reference: FloatArray) -> FloatArray:
    """Return the hypervolume of the first point, of the first two, and so on, shape ``(n,)``."""
    volumes = np.zeros(len(points))
    held = points[:0]
    for number, point in enumerate(points):
        if (held >= point).all(axis=1).any() or not (point > reference).all():
            volumes[number] = volumes[number - 1] if number else 0.0
            continue
        held = np.vstack([held[(held > point).any(axis=1)], point])
        volumes[number] = _volume(held - reference)
    return volumes
