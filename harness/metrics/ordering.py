"""Architectures in the order of a value, with the runs of equal values marked."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from harness.metrics.values import BoolArray, FloatArray, IntArray

__all__ = ["Ordering", "ascending", "descending", "run_starts", "tied_runs", "top_counts"]


class Ordering(NamedTuple):
    """A sort that all resamples share; a named tuple because compiled kernels read it.

    Attributes:
        order: Shape (n,): architectures from first to last.
        start: Shape (n,): true where a value begins that differs from the one before.
        ties: Shape (r, 2): first and last-plus-one position of each run of at least two equals.
    """

    order: IntArray
    start: BoolArray
    ties: IntArray


def run_starts(*ordered: FloatArray) -> BoolArray:
    """Mark the rows of sorted columns in which any column differs from the row before."""
    start = np.zeros(ordered[0].size, dtype=np.bool_)
    start[:1] = True
    for column in ordered:
        start[1:] |= column[1:] != column[:-1]
    return start


def ascending(values: FloatArray) -> Ordering:
    """Order architectures from the lowest value to the highest."""
    order = np.argsort(values, kind="stable").astype(np.int64, copy=False)
    return _ordering(values, order)


def descending(values: FloatArray, then: FloatArray | None = None) -> Ordering:
    """Order architectures from the highest value to the lowest.

    Args:
        values: Shape (n,). Only these decide where a run starts.
        then: Shape (n,): orders, highest first, the architectures of one run.
    """
    keys = (-values,) if then is None else (-then, -values)
    order = np.lexsort(keys).astype(np.int64, copy=False)
    return _ordering(values, order)


def tied_runs(start: BoolArray) -> IntArray:
    """Return the runs of at least two, shape (r, 2), of what `run_starts` marked."""
    edges = np.append(np.flatnonzero(start), start.size)
    runs = np.stack([edges[:-1], edges[1:]], axis=1)
    return np.ascontiguousarray(runs[runs[:, 1] - runs[:, 0] > 1], dtype=np.int64)


def _ordering(values: FloatArray, order: IntArray) -> Ordering:
    start = run_starts(values[order])
    return Ordering(order, start, tied_runs(start))


def top_counts(totals: IntArray, share: float) -> IntArray:
    """Return how many architectures the top `share` of each total is: rounded up, at least 1."""
    # 0.07 * 100 is 7.000000000000001 in binary: without the rounding it would count as 8.
    counts = np.ceil(np.round(totals * share, 9)).astype(np.int64)
    return np.maximum(counts, 1)
